// Before one signs: terms must have been opened, a signature made, consent given. Approve never stays silent: while
// something is missing it says what, in words, and leads there.
import { word } from './words'

export function watchTerms(root: ParentNode): void {
  for (const term of root.querySelectorAll<HTMLDetailsElement>('details[data-term]')) {
    term.addEventListener('toggle', () => { if (term.open) markOpened(term) })
  }
  for (const form of root.querySelectorAll<HTMLFormElement>('form[data-signing]')) watchSigning(form)
  refresh()
}

function markOpened(term: HTMLDetailsElement): void {
  const field = term.querySelector<HTMLInputElement>('input[type=hidden]')
  if (term.hasAttribute('data-opened')) return
  term.setAttribute('data-opened', '')
  if (field) field.value = '1'
  const badge = term.querySelector('summary .badge')
  if (badge) { badge.textContent = word('opened'); badge.className = 'badge ok' }
  if (term.dataset.post) {
    const body = new URLSearchParams(field ? { [field.name]: '1' } : {})
    fetch(term.dataset.post, { method: 'POST', body, headers: { 'X-Requested-With': 'fetch' }, keepalive: true }).catch(() => {
      // the hidden field carries it with the signature; this post only lets other devices know
    })
  }
  refresh()
}

// Choices and terms that are missing on the page before are known to the server alone, and are put right there.
function gapsElsewhere(form: HTMLFormElement): Gap[] {
  const known = form.querySelector<HTMLElement>('[data-missing]')?.dataset.missing ?? ''
  const lead = (): void => form.querySelector('.todo')?.scrollIntoView({ block: 'center' })
  return known.split('\n').filter(Boolean).map((text) => ({ text, lead }))
}

interface Gap { text: string; lead: () => void }

function gapsOf(form: HTMLFormElement): Gap[] {
  const gaps = gapsElsewhere(form)
  for (const term of document.querySelectorAll<HTMLDetailsElement>('details[data-term]:not([data-opened])')) {
    if (!term.querySelector('input[type=hidden]')) continue
    gaps.push({ text: word('openTerm', { term: term.dataset.term ?? '' }), lead: () => showTerm(form, term) })
  }
  const pad = form.querySelector<HTMLElement & { signed?: boolean; invite?: () => void }>('signature-pad')
  if (pad && !pad.signed) gaps.push({ text: word('signFirst'), lead: () => pad.invite?.() })
  for (const box of form.querySelectorAll<HTMLInputElement>('input[type=checkbox][required]')) {
    if (!box.checked) gaps.push({ text: word('consentFirst'), lead: () => box.focus() })
  }
  return gaps
}

function showTerm(form: HTMLFormElement, term: HTMLDetailsElement): void {
  const dialog = form.closest('dialog')
  dialog?.close()
  term.open = true
  term.scrollIntoView({ block: 'center' })
  term.querySelector('summary')?.focus()
}

function watchSigning(form: HTMLFormElement): void {
  for (const name of ['input', 'change', 'lintel:signed']) form.addEventListener(name, refresh)
  form.closest('dialog')?.addEventListener('lintel:open', refresh)
  form.addEventListener('submit', (event) => {
    const gaps = gapsOf(form)
    if (gaps.length === 0) return
    event.preventDefault()
    event.stopImmediatePropagation()
    refresh()
    gaps[0].lead()
  })
}

function refresh(): void {
  const unopened = document.querySelectorAll('details[data-term]:not([data-opened]) input[type=hidden]').length
  const all = document.querySelectorAll('details[data-term]').length
  turn('terms', unopened === 0 && all > 0)
  if (unopened > 0) count('terms', all - unopened)
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-signing]')) {
    const gaps = gapsOf(form)
    const button = form.querySelector<HTMLButtonElement>('[data-approve]')
    const line = form.querySelector<HTMLElement>('[data-missing]')
    button?.setAttribute('aria-disabled', String(gaps.length > 0))
    if (!line) continue
    line.hidden = gaps.length === 0
    const text = word('stillMissing', { list: gaps.map((gap) => gap.text).join(', ') })
    if (line.textContent !== text) line.textContent = text
    const pad = form.querySelector<HTMLElement & { signed?: boolean }>('signature-pad')
    turn('signature', Boolean(pad?.signed))
    turn('consent', [...form.querySelectorAll<HTMLInputElement>('input[type=checkbox][required]')].every((box) => box.checked))
  }
}

/** count writes how many are done into the todo items of a key that say so. */
function count(key: string, done: number): void {
  for (const item of document.querySelectorAll<HTMLElement>(`[data-todo="${key}"][data-count-text]`)) {
    item.lastElementChild!.textContent = item.dataset.openText = (item.dataset.countText ?? '').replace('#', String(done))
  }
}

/** turn makes the todo items of a key green, or takes the green away. */
function turn(key: string, done: boolean): void {
  for (const item of document.querySelectorAll<HTMLElement>(`[data-todo="${key}"]`)) {
    const words = item.lastElementChild as HTMLElement
    item.dataset.openText ??= words.textContent ?? ''
    item.classList.toggle('open', !done)
    words.textContent = done ? item.dataset.doneText ?? item.dataset.openText : item.dataset.openText
  }
}

