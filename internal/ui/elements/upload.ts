// <upload-zone endpoint>: files by drop, choice, paste and camera, two at a time, each with its progress.
import { Upload } from './upload_client'
import { HeldForm } from './upload_held'
import { keptFor } from './upload_kept'
import type { Kit } from './kit'

let kit: Kit
let icon: Kit['icon']
let say: Kit['say']
let word: Kit['word']

const AT_ONCE = 2

class UploadZone extends HTMLElement {
  private waiting: (() => Promise<void>)[] = []
  private running = 0
  private held = new HeldForm(this, () => this.running > 0 || this.waiting.length > 0, kit)
  /** place is the element that takes drops. */
  private get place(): HTMLElement { return this.closest<HTMLElement>(this.getAttribute('around') ?? 'form.composer') ?? this }

  connectedCallback(): void {
    for (const input of this.querySelectorAll<HTMLInputElement>('input[type=file]')) {
      const take = (): void => {
        this.add(input.files)
        input.value = '' // the same file can be chosen again, and a form does not send it twice
      }
      input.removeAttribute('name') // under which a form without script sends it
      input.addEventListener('change', take)
      if (input.files?.length) take() // chosen while this code was on its way
    }
    this.held.watch()
    if (this.dataset.drop) this.place.dataset.drop = this.dataset.drop
    for (const name of ['dragenter', 'dragover', 'dragleave', 'drop'] as const) this.place.addEventListener(name, (event) => this.drag(event))
    if (this.hasAttribute('paste')) document.addEventListener('paste', (event) => {
      const here = this.closest('form')?.contains(event.target as Node) || event.target === document.body || this.place.contains(event.target as Node) && !(event.target as Element).closest('input, textarea')
      if (here && event.clipboardData?.files.length) { event.preventDefault(); this.add(event.clipboardData.files) }
    })
    void this.goOn()
    addEventListener('beforeunload', (event) => { if (this.running > 0) event.preventDefault() })
  }

  disconnectedCallback(): void { this.held.leave() }

  /** endpoint is where files go that are added now: the chosen place, or the only one. */
  private get endpoint(): string {
    return this.querySelector<HTMLInputElement>('[data-endpoint]:checked')?.value ?? this.getAttribute('endpoint') ?? ''
  }

  /** goOn takes up what a reload has interrupted. */
  private async goOn(): Promise<void> {
    const places = [...this.querySelectorAll<HTMLInputElement>('[data-endpoint]')].map((place) => place.value)
    for (const kept of await keptFor([this.getAttribute('endpoint') ?? '', ...places])) this.enqueue(kept.file, kept.endpoint)
    this.next()
  }

  private drag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    const over = event.type === 'dragenter' || event.type === 'dragover'
    const marked = this.hasAttribute('around') ? this.place : this
    marked.classList.toggle('over', over || event.type === 'dragleave' && marked.contains(event.relatedTarget as Node | null))
    if (event.type === 'drop') this.add(event.dataTransfer.files)
  }

  private add(files: FileList | null | undefined): void {
    for (const file of files ?? []) this.enqueue(file, this.endpoint)
    this.next()
  }

  private enqueue(file: File, endpoint: string): void {
    const limit = Number(this.getAttribute('max-bytes')) || Infinity
    const row = new UploadRow(file)
    this.querySelector('.up-list')?.append(row.element)
    if (file.size > limit) row.refuse(word('tooLarge', { limit: this.getAttribute('max-text') ?? '' }))
    else this.waiting.push(() => this.send(file, row, endpoint))
  }

  private next(): void {
    while (this.running < AT_ONCE && this.waiting.length > 0) {
      this.running++
      this.waiting.shift()!().finally(() => { this.running--; this.next() })
    }
    if (this.running === 0) this.held.settled()
  }

  /** refresh shows what has arrived in the list that the page has of it, and lets its row go. Without such a list the page itself is asked again. */
  private refresh(row: UploadRow): void {
    const part = document.querySelector(this.getAttribute('refresh') ?? '')
    row.element.remove()
    if (part?.hasAttribute('hx-get')) part.dispatchEvent(new CustomEvent('lintel:changed', { bubbles: true }))
    else if (this.running <= 1 && this.waiting.length === 0) location.reload()
  }

  private async send(file: File, row: UploadRow, endpoint: string): Promise<void> {
    if (row.cancelled) return
    const upload = new Upload(file, endpoint, {
      progress: (percent) => row.show(percent, word('sending', { percent })),
      paused: (percent) => row.show(percent, word('paused', { percent })),
      refused: (reason) => { row.refuse(reason || word('refused')); this.held.refused() },
      done: (fragment) => {
        if (this.hasAttribute('refresh')) this.refresh(row)
        else row.replace(fragment)
        say(word('arrived', { name: file.name }))
        this.dispatchEvent(new CustomEvent('lintel:uploaded', { bubbles: true }))
        this.closest('form')?.dispatchEvent(new Event('change', { bubbles: true }))
      },
    })
    row.onCancel = () => upload.cancel()
    await upload.start()
  }
}

class UploadRow {
  element = document.createElement('li')
  cancelled = false
  onCancel = (): void => {}

  constructor(file: File) {
    this.element.className = 'up'
    this.element.innerHTML = `<span class="esign n">${icon(file.type.startsWith('image/') ? 'image' : 'file-text')}</span>
      <span class="grow"><b></b><progress class="bar" max="100" value="0"></progress><small></small></span>
      <button class="btn ghost icon" type="button">${icon('x')}</button>`
    this.element.querySelector('b')!.textContent = file.name
    this.element.querySelector('progress')!.setAttribute('aria-label', file.name)
    this.element.querySelector('small')!.textContent = word('waiting')
    const button = this.element.querySelector('button')!
    button.setAttribute('aria-label', `${word('cancel')}: ${file.name}`)
    button.addEventListener('click', () => {
      this.cancelled = true
      this.onCancel()
      this.element.remove()
    })
  }

  show(percent: number, text: string): void {
    this.element.querySelector('progress')!.value = percent
    this.element.querySelector('small')!.textContent = text
  }

  refuse(reason: string): void {
    this.element.classList.add('bad')
    this.element.querySelector('progress')?.remove()
    this.element.querySelector('small')!.textContent = reason
    say(`${this.element.querySelector('b')!.textContent}: ${reason}`, 'bad')
  }

  replace(fragment: string): void {
    const template = document.createElement('template')
    template.innerHTML = fragment
    this.element.replaceWith(template.content)
    document.dispatchEvent(new CustomEvent('lintel:fresh'))
  }
}

/** define is called by the entry once this code has arrived. */
export function define(own: Kit): void {
  kit = own
  ;({ icon, say, word } = kit)
  customElements.define('upload-zone', UploadZone)
}
