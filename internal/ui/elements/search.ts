// <search-field data-suggest="URL">: suggestions below the search field while somebody types, walked by the arrow keys (the
// combobox pattern of ARIA). Without it the field is a plain form.
import type { Kit } from './kit'

let whisper: Kit['whisper']

const WAIT = 160 // milliseconds between the last key and the question

class SearchField extends HTMLElement {
  private timer = 0
  private asked = ''
  private asking?: AbortController

  private get input(): HTMLInputElement { return this.querySelector('input')! }
  private get pop(): HTMLElement { return this.querySelector('.search-pop')! }
  private get options(): HTMLElement[] { return [...this.pop.querySelectorAll<HTMLElement>('[role=option]')] }

  connectedCallback(): void {
    const { input } = this
    input.setAttribute('role', 'combobox')
    input.setAttribute('aria-autocomplete', 'list')
    input.setAttribute('aria-expanded', 'false')
    input.addEventListener('input', () => this.later())
    input.addEventListener('focus', () => { if (this.options.length > 0 && this.asked === input.value.trim()) this.open() })
    input.addEventListener('keydown', (event) => this.key(event))
    this.addEventListener('focusout', (event) => { if (!this.contains(event.relatedTarget as Node)) this.close() })
    this.pop.addEventListener('pointerdown', (event) => { if (event.button === 0) event.preventDefault() }) // the field keeps the focus
    if (document.activeElement === input && input.value !== input.defaultValue) this.later() // typed before this code was there
  }

  private later(): void {
    clearTimeout(this.timer)
    this.asking?.abort()
    const text = this.input.value.trim()
    if (text === '') { this.asked = ''; this.pop.replaceChildren(); this.close(); return }
    this.timer = window.setTimeout(() => { void this.ask(text) }, WAIT)
  }

  private async ask(text: string): Promise<void> {
    this.asking = new AbortController()
    const address = new URL(this.dataset.suggest!, location.href)
    address.searchParams.set('q', text)
    try {
      const answer = await fetch(address, { signal: this.asking.signal, headers: { 'X-Requested-With': 'fetch' } })
      if (!answer.ok || answer.redirected) return
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      if (this.input.value.trim() !== text) return
      this.asked = text
      this.pop.replaceChildren(...page.body.childNodes)
      this.mark(undefined)
      if (document.activeElement !== this.input) return
      this.open()
      whisper(this.pop.querySelector<HTMLElement>('[data-say]')?.dataset.say ?? this.pop.textContent?.trim() ?? '')
    } catch { /* offline, or another question has come: the form still works */ }
  }

  private open(): void {
    this.pop.hidden = false
    const any = this.options.length > 0
    this.input.setAttribute('aria-expanded', String(any))
    if (any) this.input.setAttribute('aria-controls', 'site-search-list')
  }

  private close(): void {
    this.pop.hidden = true
    this.input.setAttribute('aria-expanded', 'false')
    this.input.removeAttribute('aria-controls')
    this.mark(undefined)
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return
    const { options } = this
    const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true')
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        if (options.length === 0) return
        event.preventDefault()
        this.open()
        const step = event.key === 'ArrowDown' ? 1 : -1
        const next = at < 0 ? (step > 0 ? 0 : options.length - 1) : at + step
        this.mark(options[next]) // past either end is the field itself
        return
      }
      case 'Enter':
        if (at < 0 || this.pop.hidden) return
        event.preventDefault()
        options[at].click()
        return
      case 'Escape':
        if (this.pop.hidden) return
        event.preventDefault() // the first Escape closes the list, the next one clears the field
        this.close()
    }
  }

  private mark(option: HTMLElement | undefined): void {
    for (const other of this.options) other.setAttribute('aria-selected', String(other === option))
    if (!option) { this.input.removeAttribute('aria-activedescendant'); return }
    this.input.setAttribute('aria-activedescendant', option.id)
    option.scrollIntoView({ block: 'nearest' })
  }
}

/** define gives the search field its behaviour. */
export function define(kit: Kit): void {
  ({ whisper } = kit)
  customElements.define('search-field', SearchField)
}
