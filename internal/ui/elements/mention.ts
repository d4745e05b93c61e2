// <text-expander keys="@" data-people="…">: whom to mention is chosen from a list while one types, by keys or by touch
// (the ARIA combobox pattern). The list comes from the server, which knows who may be mentioned.
// A field of several lines may not call itself a combobox; what it may carry of one stays: the list that it controls and the
// entry that is active.
import 'text-expander-element'

interface Match { text: string; provide: (result: Promise<{ matched: boolean; fragment?: HTMLElement }>) => void }

const LONGEST_NAME = 40

/** suggest asks who fits. After a text that fitted nobody, a longer one is not asked. */
function suggest(field: HTMLElement): (text: string) => Promise<{ matched: boolean; fragment?: HTMLElement }> {
  let barren = ''
  let newest = 0
  return async (text) => {
    if (text.length > LONGEST_NAME || barren && text.startsWith(barren)) return { matched: false }
    const mine = ++newest
    const answer = await fetch(`${field.dataset.people}?q=${encodeURIComponent(text)}`, { headers: { 'X-Requested-With': 'fetch' } }).catch(() => undefined)
    if (!answer?.ok || answer.redirected || mine !== newest) return { matched: false }
    const list = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector<HTMLElement>('[role=listbox]')
    if (!list?.children.length) { barren = text; return { matched: false } }
    barren = ''
    return { matched: true, fragment: document.adoptNode(list) }
  }
}

function onChange(event: Event): void {
  const field = event.target as HTMLElement
  const { text, provide } = (event as CustomEvent<Match>).detail
  const ask = asked.get(field) ?? suggest(field)
  asked.set(field, ask)
  provide(ask(text))
}

function onOpen(event: Event): void {
  const field = (event.target as Element).querySelector('textarea')
  queueMicrotask(() => { field?.removeAttribute('role'); field?.removeAttribute('aria-expanded') })
}

function onValue(event: Event): void {
  const { detail } = event as CustomEvent<{ item: HTMLElement; value: string }>
  detail.value = `@${detail.item.dataset.value}`
}

/** onButton types the @ for those whose keyboard hides it. */
function onButton(event: MouseEvent): void {
  const button = (event.target as Element).closest('[data-mention]')
  const field = button?.closest('form')?.querySelector<HTMLTextAreaElement>('text-expander textarea')
  if (!field) return
  field.focus()
  const before = field.value.slice(0, field.selectionStart)
  field.setRangeText(before && !/\s$/.test(before) ? ' @' : '@', field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(new InputEvent('input', { bubbles: true }))
}

const asked = new WeakMap<Element, (text: string) => Promise<{ matched: boolean; fragment?: HTMLElement }>>()

export function define(): void {
  document.addEventListener('text-expander-change', onChange, true)
  document.addEventListener('text-expander-activate', onOpen, true)
  document.addEventListener('text-expander-value', onValue, true)
  document.addEventListener('text-expander-committed', (event) => { // drafts are kept as if it had been typed
    (event.target as Element).querySelector('textarea')?.dispatchEvent(new Event('change', { bubbles: true }))
  }, true)
  document.addEventListener('click', onButton)
}
