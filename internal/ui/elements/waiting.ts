// What people type is not lost: drafts of messages stay in this browser until they are sent, and a message that is posted
// without a signal waits and goes by itself, once: its form's own id tells the server which one it is.
// The entry fetches this code when somebody is about to write, or when something waits.
import type { Kit } from './kit'

interface Waiting { url: string; pairs: [string, string][]; refused?: boolean }

const { kept, reader = '' } = document.body.dataset
const KEY = `waiting:${reader}`
let kit: Kit

function waiting(): Waiting[] { return listOf(localStorage.getItem(KEY)) }

function listOf(text: string | null): Waiting[] {
  try { return JSON.parse(text ?? '[]') } catch { return [] }
}

function keepList(list: Waiting[]): void {
  if (list.length > 0) localStorage.setItem(KEY, JSON.stringify(list))
  else localStorage.removeItem(KEY)
}

function valueOf(one: Waiting, name: string): string { return one.pairs.find(([key]) => key === name)?.[1] ?? '' }

function isComposer(form: Element | null): form is HTMLFormElement {
  return form instanceof HTMLFormElement && form.matches('form.composer') && reader !== '' &&
    form.querySelector('input[name=id]') !== null && form.querySelector('textarea[name=text]') !== null
}

/** beforeSending keeps a message that cannot be sent now, and stops other forms before the browser throws their text away. */
function beforeSending(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement
  if (form.method !== 'post' || form.getAttribute('action') === '/sign-out' || navigator.onLine && kept === undefined) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (isComposer(form)) hold(form)
  else kit.say(kit.word('needsSignal'), 'warn')
}

/** hold puts a message among those that wait, and empties its form for the next. */
function hold(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLTextAreaElement>('textarea[name=text]')!
  const pairs = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  if (!field.value.trim() && !pairs.some(([name]) => name === 'file')) return
  keepList([...waiting(), { url: new URL(form.action).pathname, pairs }])
  field.value = ''
  localStorage.removeItem(draftKey(field))
  form.querySelectorAll('.up-list > li').forEach((row) => row.remove())
  form.querySelector<HTMLInputElement>('input[name=id]')!.value = kit.newID()
  showWaiting()
}

/** showWaiting draws what waits, above the form that it was typed into. */
function showWaiting(): void {
  document.querySelectorAll('.waiting').forEach((old) => old.remove())
  for (const one of waiting()) {
    const form = [...document.querySelectorAll<HTMLFormElement>('form.composer')].find((form) => new URL(form.action).pathname === one.url)
    form?.before(bubble(one))
  }
}

function bubble(one: Waiting): HTMLElement {
  const box = document.createElement('div')
  box.className = 'waiting'
  const text = document.createElement('p')
  text.className = 'bub own'
  text.textContent = valueOf(one, 'text')
  const state = document.createElement('p')
  state.className = 'small muted tap'
  state.setAttribute('role', 'status')
  state.innerHTML = kit.icon(one.refused ? 'triangle-alert' : 'clock')
  state.append(kit.word(one.refused ? 'notTaken' : 'waitsForSignal'))
  box.append(text, state)
  if (one.refused) box.append(dropButton(one))
  return box
}

function dropButton(one: Waiting): HTMLElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'btn ghost sm'
  button.textContent = kit.word('throwAway')
  button.addEventListener('click', () => { keepList(waiting().filter((other) => valueOf(other, 'id') !== valueOf(one, 'id'))); showWaiting() })
  return button
}

/** flush sends what waits, one after the other and in one tab only. */
async function flush(): Promise<void> {
  if (!navigator.onLine || !waiting().some((one) => !one.refused)) return
  let sent = 0
  await navigator.locks.request('lintel-waiting', { ifAvailable: true }, async (lock) => {
    if (!lock) return
    for (let next = waiting().find((one) => !one.refused); next; next = waiting().find((one) => !one.refused)) {
      const outcome = await send(next)
      if (outcome === 'later') return
      const id = valueOf(next, 'id')
      if (outcome === 'sent') { sent++; keepList(waiting().filter((one) => valueOf(one, 'id') !== id)) }
      else keepList(waiting().map((one) => valueOf(one, 'id') === id ? { ...one, refused: true } : one))
    }
  })
  showWaiting()
  if (sent > 0) afterSending()
}

async function send(one: Waiting): Promise<'sent' | 'later' | 'refused'> {
  try {
    // asking for JSON makes a lost session an answer that can be told from the way to the conversation
    const answer = await fetch(one.url, { method: 'POST', body: new URLSearchParams(one.pairs), redirect: 'manual', headers: { Accept: 'application/json', 'X-Requested-With': 'fetch' } })
    if (answer.type === 'opaqueredirect' || answer.ok) return 'sent'
    return answer.status === 401 || answer.status === 429 || answer.status >= 500 ? 'later' : 'refused'
  } catch { return 'later' }
}

/** afterSending shows the page as it is now; a draft in it stays. */
function afterSending(): void {
  kit.say(kit.word('sentNow'), 'ok')
  const open = [...document.querySelectorAll<HTMLTextAreaElement>('textarea:not([data-draft])')].some((field) => field.value !== field.defaultValue)
  if (!open && document.querySelector('form.composer')) location.reload()
}

function draftKey(field: HTMLTextAreaElement): string { return `draft:${reader}:${location.pathname}:${field.dataset.draft}` }

/** dropArrived forgets the drafts of a form whose words the page shows as arrived. */
function dropArrived(): void {
  const form = document.querySelector<HTMLElement>('[data-kept-done]')?.dataset.keptDone
  if (!form) return
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(`draft:${reader}:`) && key.endsWith(`:${form}`)) localStorage.removeItem(key)
  }
}

/** keepDrafts brings back what was typed into the message fields of a page and not sent. */
function bringDrafts(): void {
  for (const field of document.querySelectorAll<HTMLTextAreaElement>('textarea[data-draft]')) {
    if (!field.value) field.value = localStorage.getItem(draftKey(field)) ?? ''
    else if (field.value !== field.defaultValue) localStorage.setItem(draftKey(field), field.value) // typed while this code was on its way
  }
}

function onInput(event: Event): void {
  const field = event.target
  if (!(field instanceof HTMLTextAreaElement) || !field.dataset.draft) return
  if (field.value) localStorage.setItem(draftKey(field), field.value)
  else localStorage.removeItem(draftKey(field))
}

function onSent(event: Event): void {
  if ((event.target as Element).hasAttribute('data-keep')) return // until a page says that it has arrived: the session may be lost
  for (const field of (event.target as Element).querySelectorAll<HTMLTextAreaElement>('textarea[data-draft]')) localStorage.removeItem(draftKey(field))
}

/** define is called by the entry once this code has arrived. */
export function define(own: Kit): void {
  kit = own
  document.body.setAttribute('data-keeps', '')
  document.addEventListener('submit', beforeSending, { capture: true })
  document.addEventListener('htmx:error', (event) => { // the signal was lost on the way: the same id makes a second try harmless
    const form = (event.target as Element | null)?.closest?.('form') ?? null
    if (isComposer(form)) hold(form)
  })
  document.addEventListener('htmx:response:error', (event) => { // nobody is signed in any more: the page that comes back has the text again
    const { ctx } = (event as CustomEvent<{ ctx?: { response?: { status?: number } } }>).detail
    const field = (event.target as Element | null)?.closest?.('form')?.querySelector<HTMLTextAreaElement>('textarea[data-draft]')
    if (ctx?.response?.status === 401 && field?.value) localStorage.setItem(draftKey(field), field.value)
  })
  document.addEventListener('input', onInput)
  document.addEventListener('submit', onSent)
  document.addEventListener('lintel:fresh', () => { bringDrafts(); showWaiting() })
  dropArrived()
  bringDrafts()
  showWaiting()
  void flush()
  for (const type of ['online', 'pageshow']) addEventListener(type, () => void flush())
  addEventListener('storage', (event) => { // another tab has sent what was typed here
    if (event.key !== KEY) return
    showWaiting()
    if (listOf(event.newValue).length < listOf(event.oldValue).length) afterSending()
  })
  document.addEventListener('visibilitychange', () => { if (!document.hidden) void flush() })
}
