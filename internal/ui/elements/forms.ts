// Small manners of forms: one submission per click, questions before dangerous ones, copying, filters that act at once.
import { openDialog } from './dialog'
import { say } from './say'
import { icon, word } from './words'

const busy = new WeakSet<HTMLFormElement>()

export function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement
  if (asks(form, event)) return
  if (!form.hasAttribute('data-once')) return
  if (busy.has(form)) { event.preventDefault(); return }
  if (event.defaultPrevented) return
  busy.add(form)
  const button = event.submitter
  if (!(button instanceof HTMLButtonElement)) return
  // after the browser has taken the form's data; aria-disabled keeps the button's own name=value in it
  setTimeout(() => {
    button.setAttribute('aria-busy', 'true')
    if (!button.classList.contains('icon')) button.dataset.label = button.innerHTML
    if (button.dataset.label) button.innerHTML = `${icon('loader-circle')}${word('working')}`
  })
}

function asks(form: HTMLFormElement, event: SubmitEvent): boolean {
  const id = form.dataset.confirm
  if (!id || form.dataset.confirmed) return false
  const dialog = document.getElementById(id)
  if (!dialog) return false
  event.preventDefault()
  const submitter = event.submitter
  dialog.querySelector('[data-confirm-yes]')?.addEventListener('click', () => {
    form.dataset.confirmed = '1'
    form.requestSubmit(submitter)
  }, { once: true })
  openDialog(id)
  return true
}

/** A page that comes back from the browser's memory is not busy any more. */
export function wakeForms(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[aria-busy]')) {
    button.removeAttribute('aria-busy')
    if (button.dataset.label) button.innerHTML = button.dataset.label
    if (button.form) busy.delete(button.form)
  }
}

export async function copy(button: HTMLElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy ?? '')
  say(word('copied'))
}

export function onChange(event: Event): void {
  const field = event.target as HTMLInputElement
  if (field.form?.hasAttribute('data-submit-on-change')) field.form.requestSubmit()
}

/** A form that only carries on what the person has done elsewhere goes by itself. */
export function sendNow(root: ParentNode): void {
  root.querySelector<HTMLFormElement>('form[data-submit-now]')?.requestSubmit()
}
