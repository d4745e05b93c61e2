// <autosave-form>: saves the form while one types, shows whether it is saved, and keeps a copy in this browser until
// the server has answered, so that a lost session, a crash or a dead network costs nothing.
import type { Kit } from './kit'

let clock: Kit['clock']
let icon: Kit['icon']
let say: Kit['say']
let word: Kit['word']

const QUIET = 800 // ms after the last key

type State = 'saving' | 'saved' | 'notSaved' | 'checkField' | 'notTried'

// what was typed on top of a version of the server's; sent: by a page that did not see the answer; out: refused, because nobody
// was signed in any more
interface Copy { at: number; pairs: [string, string][]; sent?: string; out?: string }

class AutosaveForm extends HTMLElement {
  private timer = 0
  private retry = 0
  private failures = 0
  private dirty = false
  private sending = false
  private again = false // something changed meanwhile that does not wait
  private waiting?: HTMLElement | null // the button that was pressed while an answer was on its way
  private bar?: HTMLElement // says that nobody is signed in any more
  private kept = false // the copy has all that was typed
  private form?: HTMLFormElement | null

  connectedCallback(): void {
    this.form = this.querySelector('form')
    if (!this.form) return
    this.offerCopy(this.form)
    if (this.form.hasAttribute('data-unsaved')) this.refused(this.form)
    this.form.addEventListener('input', (event) => this.touch(isTick(event.target) ? 0 : QUIET))
    this.form.addEventListener('change', (event) => { if (!isTick(event.target)) this.touch() }) // a tick has said so by its input
    this.form.addEventListener('submit', (event) => this.hold(event))
    this.form.addEventListener('submit', (event) => { if (event.defaultPrevented) return; this.dirty = false; clearTimeout(this.timer); clearTimeout(this.retry); this.leave() })
    document.addEventListener('visibilitychange', () => { if (document.hidden ? this.dirty : this.bar) void this.save(document.hidden) }) // back here: perhaps signed in meanwhile
    addEventListener('online', () => { if (this.dirty) void this.save() })
    if (this.hasAttribute('data-lazy') && changed(this.form)) this.touch(0) // what was chosen while this code was on its way
    addEventListener('beforeunload', (event) => { if (this.dirty && this.failures > 0 && !(this.bar && this.kept)) event.preventDefault() })
  }

  private get zone(): string | undefined { return this.form?.dataset.zone }

  /** key is the reader's own: on a shared computer nobody is offered what another person wrote. */
  private get key(): string { return `autosave:${document.body.dataset.reader ?? ''}:${location.pathname}:${this.form?.id}` }

  /** refused keeps what a page shows that was not saved, until it is. */
  private refused(form: HTMLFormElement): void {
    this.dirty = true
    this.failures = 1
    this.keepCopy(form)
    this.show('notTried')
  }

  /** hold lets a pressed button wait for the answer to an autosave: sent beside it, the form would be one draft behind, and
   *  be told that somebody else was faster. */
  private hold(event: SubmitEvent): void {
    if (!this.sending) return
    event.preventDefault()
    this.waiting = event.submitter
  }

  private go(): void {
    const button = this.waiting
    this.waiting = undefined
    this.again = false
    this.form?.requestSubmit(button)
  }

  /** touch notes a change; saving waits until the keys are quiet, and not at all for a tick. */
  touch(wait = QUIET): void {
    if (!this.form) return
    this.dirty = true
    this.toggleAttribute('data-saving', true)
    this.keepCopy(this.form)
    clearTimeout(this.timer)
    this.timer = window.setTimeout(() => void this.save(), wait)
  }

  private async save(leaving = false): Promise<void> {
    if (!this.form || !this.dirty) return
    if (this.sending) { this.again = true; return }
    this.sending = true
    this.dirty = false
    this.show('saving')
    if (leaving) this.leave()
    try {
      const answer = await fetch(this.form.action, {
        method: 'POST', body: pairs(this.form), redirect: 'manual', keepalive: leaving,
        headers: { 'X-Autosave': '1', 'X-Requested-With': 'fetch', Accept: 'text/html' },
      })
      await this.take(answer)
    } catch {
      this.fail()
    } finally {
      this.sending = false
    }
    if (this.waiting !== undefined) { this.go(); return }
    if (!this.again) return
    this.again = false
    void this.save()
  }

  private async take(answer: Response): Promise<void> {
    const html = answer.headers.get('Content-Type')?.startsWith('text/html') && answer.status !== 204 ? await answer.text() : ''
    const fragments = answer.ok || [409, 412, 422].includes(answer.status)
    if (html && fragments) { swapById(html, this.dirty); markFields(this.form!) }
    if (!this.dirty) this.removeAttribute('data-saving')
    if (answer.status === 401) this.tellSignedOut(answer.headers.get('Lintel-Sign-In') ?? '/sign-in')
    if (!answer.ok) { this.fail(answer.status); return }
    this.failures = 0
    this.bar?.remove()
    this.bar = undefined
    if (!this.dirty) localStorage.removeItem(this.key)
    this.show('saved')
  }

  /** fail tries again after 2, 4 … 30 s when another try can help. */
  private fail(status = 0): void {
    this.dirty = true
    this.failures++
    const again = status === 0 || status >= 500 || status === 429
    this.show(again ? 'notSaved' : status === 422 ? 'checkField' : 'notTried')
    clearTimeout(this.retry)
    if (again) {
      this.retry = window.setTimeout(() => void this.save(), Math.min(30_000, 1000 * 2 ** this.failures))
    }
  }

  /** tellSignedOut shows the way back in, over the page and not in its place: what was typed stays where it is. */
  private tellSignedOut(address: string): void {
    if (!this.form) return
    this.keepCopy(this.form, { out: this.version })
    const template = this.querySelector<HTMLTemplateElement>('template[data-signed-out]')
    if (this.bar || !template) return
    const bar = template.content.firstElementChild!.cloneNode(true) as HTMLElement
    bar.querySelector(this.kept ? '[data-loose]' : '[data-kept]')!.remove()
    const link = bar.querySelector('a')!
    link.href = address
    if (!this.kept) link.target = '_blank' // only this page has the text
    const skip = document.querySelector('.skip') // which stays the first that the keyboard comes to
    if (skip) skip.after(bar)
    else document.body.prepend(bar)
    this.bar = bar
  }

  private show(state: State): void {
    const mark = document.querySelector<HTMLElement>(`[data-saved-for="${this.form?.id}"]`)
    if (!mark) return
    const bad = state !== 'saving' && state !== 'saved'
    mark.classList.toggle('bad', bad)
    mark.classList.toggle('busy', state === 'saving')
    mark.innerHTML = icon(bad ? 'triangle-alert' : state === 'saving' ? 'refresh-cw' : 'cloud-check')
    const text = document.createElement('span')
    text.textContent = word(state, { time: clock(new Date(), this.zone) })
    mark.append(text)
  }

  private keepCopy(form: HTMLFormElement, how: Partial<Copy> = this.bar ? { out: this.version } : {}): void {
    const copy: Copy = { at: Date.now(), pairs: [...pairs(form)], ...how }
    try { localStorage.setItem(this.key, JSON.stringify(copy)); this.kept = true } catch { this.kept = false /* storage is full or off: the server has all but the last seconds */ }
  }

  /** leave marks the copy as sent by a page that will not see the answer: a newer version on the next page is one. */
  private leave(): void {
    const text = localStorage.getItem(this.key)
    if (text) localStorage.setItem(this.key, JSON.stringify({ ...JSON.parse(text), sent: this.version }))
  }

  private get version(): string { return this.form?.querySelector<HTMLInputElement>('[name=version]')?.value ?? '' }

  /** offerCopy asks whether changes that never reached the server shall come back. Those of somebody who had to sign in first do so by
   *  themselves, as long as nobody else has changed what they were written on. */
  private offerCopy(form: HTMLFormElement): void {
    const text = localStorage.getItem(this.key)
    if (!text) return
    const copy = JSON.parse(text) as Copy
    const arrived = copy.sent !== undefined && copy.sent !== this.version
    if (arrived || same(copy.pairs, [...pairs(form)])) { localStorage.removeItem(this.key); return }
    if ([copy.out, copy.sent].includes(this.version)) { void this.bringBack(form, copy).then(() => say(this.dataset.back ?? '')); return }
    const note = document.createElement('div')
    note.className = 'note warn'
    note.setAttribute('role', 'status')
    note.innerHTML = `${icon('history')}<div class="grow"><p></p><p class="quick mt2"><button class="btn sm pri" type="button"></button><button class="btn sm ghost" type="button"></button></p></div>`
    note.querySelector('p')!.textContent = word('foundUnsaved', { time: clock(new Date(copy.at), this.zone) })
    const [bring, drop] = note.querySelectorAll('button')
    bring.textContent = word('bringBack')
    drop.textContent = word('throwAway')
    bring.addEventListener('click', () => { note.remove(); void this.bringBack(form, copy) })
    drop.addEventListener('click', () => { note.remove(); localStorage.removeItem(this.key) })
    form.prepend(note)
  }

  private async bringBack(form: HTMLFormElement, copy: Copy): Promise<void> {
    if (form.querySelector('line-editor')) await customElements.whenDefined('line-editor') // which makes the rows
    restore(form, copy.pairs)
    this.touch()
  }
}

/** changed tells whether a choice is another one than the page came with. */
function changed(form: HTMLFormElement): boolean {
  return [...form.elements].some((field) => field instanceof HTMLInputElement && (field.checked !== field.defaultChecked || field.value !== field.defaultValue))
}

/** isTick tells whether a change is made in one go, by a tick: nobody is in the midst of typing. */
function isTick(field: EventTarget | null): boolean {
  return field instanceof HTMLInputElement && ['checkbox', 'radio'].includes(field.type)
}

/** pairs are all text fields of a form; files travel by <upload-zone>. */
function pairs(form: HTMLFormElement): URLSearchParams {
  const all = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') all.append(name, value)
  return all
}

const server = (name: string): boolean => name === 'version' || name === 'csrf'

function same(a: [string, string][], b: [string, string][]): boolean {
  const own = (list: [string, string][]) => JSON.stringify(list.filter(([name]) => !server(name)))
  return own(a) === own(b)
}

/** restore lets the line editor make its rows first, then fills every field by name. */
function restore(form: HTMLFormElement, list: [string, string][]): void {
  for (const editor of form.querySelectorAll<HTMLElement & { rebuild?: (pairs: [string, string][]) => void }>('line-editor')) editor.rebuild?.(list)
  const values = new Map<string, string[]>()
  for (const [name, value] of list) values.set(name, [...values.get(name) ?? [], value])
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement)) continue
    if (!field.name || server(field.name) || field.type === 'file') continue
    const here = values.get(field.name)
    if (field instanceof HTMLInputElement && ['checkbox', 'radio'].includes(field.type)) field.checked = here?.includes(field.value) ?? false
    else if (here) field.value = here[0]
  }
}

/** swapById puts the answer's elements in the place of those with the same id, except where the focus is, and where one can
 *  have ticked something that the answer does not know. */
function swapById(html: string, behind: boolean): void {
  const template = document.createElement('template')
  template.innerHTML = html
  for (const fresh of [...template.content.querySelectorAll<HTMLElement>('[id]')]) {
    if (fresh.parentElement?.closest('[id]')) continue // came with its parent
    const old = document.getElementById(fresh.id)
    if (old?.contains(document.activeElement)) { takeNotes(fresh); continue }
    if (!old || behind && old.querySelector('[type=checkbox],[type=radio]')) continue
    old.replaceWith(fresh)
  }
  document.dispatchEvent(new CustomEvent('lintel:fresh'))
}

/** takeNotes changes what is said below fields of a part that one is working in, and nothing else of it. */
function takeNotes(part: HTMLElement): void {
  for (const note of part.querySelectorAll<HTMLElement>('[data-note]')) {
    document.getElementById(note.dataset.note!)?.setAttribute('aria-invalid', String(note.matches('.err')))
    document.getElementById(note.id)?.replaceWith(note)
  }
}

/** markFields shows at the fields what the answer says above the form, and nothing at those that it no longer names. The
 *  cells of lines, and fields with a note of their own, have sentences of their own. */
function markFields(form: HTMLFormElement): void {
  for (const field of form.querySelectorAll('[aria-invalid]:not([data-cell])')) {
    if (form.querySelector(`[data-note="${CSS.escape(field.id)}"]`)) continue
    field.removeAttribute('aria-invalid')
    document.getElementById(`${field.id}-error`)?.remove()
    describe(field, field.getAttribute('aria-describedby')?.replace(`${field.id}-error`, '').trim())
  }
  for (const link of form.querySelectorAll<HTMLAnchorElement>('.err-list a[href^="#"]')) {
    const field = document.getElementById(link.hash.slice(1))
    if (!field?.matches('input:not([data-cell], [data-add-name]), textarea:not([data-cell]), select') || field.hasAttribute('aria-invalid')) continue
    const sentence = document.createElement('span')
    sentence.className = 'err'
    sentence.id = `${field.id}-error`
    sentence.innerHTML = `${icon('triangle-alert')}<span></span>`
    sentence.lastElementChild!.textContent = link.dataset.problem ?? link.textContent
    field.after(sentence)
    field.setAttribute('aria-invalid', 'true')
    describe(field, `${field.getAttribute('aria-describedby') ?? ''} ${sentence.id}`.trim())
  }
}

function describe(field: Element, by?: string): void {
  if (by) field.setAttribute('aria-describedby', by)
  else field.removeAttribute('aria-describedby')
}

/** define is called by the entry once this code has arrived. */
export function define(kit: Kit): void {
  ({ clock, icon, say, word } = kit)
  customElements.define('autosave-form', AutosaveForm)
}
