// A form whose files are still on their way waits for them and then sends itself; until then it can be held back.
import type { Kit } from './kit'

export class HeldForm {
  private letGo?: () => void
  private again?: () => void

  constructor(private zone: HTMLElement, private busy: () => boolean, private kit: Kit) {}

  /** watch must come before everybody else who takes the form, or keeps it for later. */
  watch(): void { addEventListener('submit', this.onSubmit, { capture: true }) }

  leave(): void { removeEventListener('submit', this.onSubmit, { capture: true }) }

  private onSubmit = (event: SubmitEvent): void => {
    const form = this.zone.closest('form')
    if (!form || event.target !== form || !this.busy() || document.querySelector(`autosave-form[for="${form.getAttribute('id')}"]`)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (!this.letGo) this.hold(form, event.submitter)
  }

  private hold(form: HTMLFormElement, submitter: HTMLElement | null): void {
    const button = submitter ?? form.querySelector<HTMLElement>('button[type=submit]')
    if (!button) return
    const before = [...button.childNodes]
    const text = this.kit.word(form.matches('.composer') ? 'postsWhenDone' : 'sendsWhenDone')
    button.innerHTML = this.kit.icon('loader-circle')
    button.append(text)
    this.kit.whisper(text)
    const cancel = document.createElement('button')
    cancel.type = 'button'
    cancel.className = 'btn ghost'
    cancel.dataset.hold = ''
    cancel.textContent = this.kit.word('cancel')
    button.after(cancel)
    this.again = () => form.requestSubmit(button.isConnected ? button : undefined)
    this.letGo = () => {
      this.letGo = undefined
      cancel.remove()
      button.replaceChildren(...before)
    }
    cancel.addEventListener('click', () => { this.letGo?.(); button.focus() })
  }

  /** refused keeps the form back, with what was typed, for a file that did not arrive. */
  refused(): void {
    if (!this.letGo) return
    this.letGo()
    this.kit.say(this.kit.word('notPosted'), 'bad')
  }

  /** settled sends the form that has waited. */
  settled(): void {
    if (!this.letGo) return
    this.letGo()
    this.again?.()
  }
}
