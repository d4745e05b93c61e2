// A portal as an app: the worker that shows what was seen last, the bar over a page from before, and what becomes of it when
// another person takes the phone. The rest of the app's code comes with the pages that need it.
import { say } from './say'
import { icon, word } from './words'

const { app, kept, reader = '' } = document.body.dataset
const AFTER = 3000 // ms after a page has loaded: the worker is never in its way

interface InstallEvent extends Event { prompt: () => Promise<unknown> }
let offer: InstallEvent | undefined

/** settle is called once for each page. */
export function settle(): void {
  addEventListener('beforeinstallprompt', (event) => { event.preventDefault(); offer = event as InstallEvent; document.dispatchEvent(new CustomEvent('lintel:installable')) })
  document.addEventListener('submit', (event) => { if ((event.target as HTMLFormElement).getAttribute('action') === '/sign-out') void forget() })
  if (document.body.hasAttribute('data-forget')) void forget()
  if (kept) showAge(kept)
  if (app) addEventListener('load', () => engage(app), { once: true })
}

/** installer gives what the browser offers for installing, once. */
export function installer(): InstallEvent | undefined { return offer }

/** forget removes all pages and pictures that were kept for anybody. */
export async function forget(): Promise<void> {
  if (!('caches' in window)) return
  const names = await caches.keys().catch(() => []) // a browser that keeps nothing
  for (const name of names) if (/^lintel:[^:]+:(pages|pictures):/.test(name)) await caches.delete(name)
}

/** engage hires the worker with the second page: who comes once, for one letter, needs none. */
function engage(scope: string): void {
  if (!('serviceWorker' in navigator) || visits() < 2) return
  setTimeout(() => { if (navigator.onLine) navigator.serviceWorker.register(`${scope}worker.js`, { scope, updateViaCache: 'all' }).catch(() => { /* no room, or turned off: the portal works without */ }) }, AFTER)
}

function visits(): number {
  try {
    const count = Number(localStorage.getItem('lintel:pages') ?? 0) + 1
    localStorage.setItem('lintel:pages', String(count))
    return count
  } catch { return 0 } // a browser that keeps nothing
}

/** showAge says that the page is a copy. It goes away with the signal, unless something was typed. */
function showAge(at: string): void {
  const bar = document.createElement('div')
  bar.className = 'kept-bar'
  bar.setAttribute('role', 'status')
  const when = new Date(at).toLocaleString(document.documentElement.lang, { weekday: 'short', hour: 'numeric', minute: '2-digit' })
  const text = document.createElement('span')
  text.textContent = word('keptAt', { time: when })
  const again = document.createElement('button')
  again.type = 'button'
  again.className = 'btn sm'
  again.textContent = word('tryAgain')
  again.addEventListener('click', () => location.reload())
  bar.innerHTML = icon('wifi-off')
  bar.append(text, again)
  document.body.prepend(bar)
  addEventListener('online', () => { if (!typed()) location.reload() })
}

/** typed reports whether something stands in a field that no draft keeps. */
function typed(): boolean {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('textarea:not([data-draft]), input:not([type=hidden], [type=checkbox], [type=radio], [type=file])')
  return [...fields].some((field) => field.value !== field.defaultValue)
}

/** stopLost keeps forms from being sent where there is no signal: the browser would throw their text away. */
export function stopLost(): void {
  document.addEventListener('submit', (event) => {
    const form = event.target as HTMLFormElement
    if (form.method !== 'post' || form.getAttribute('action') === '/sign-out' || (navigator.onLine && !kept)) return
    if (form.matches('form.composer') && document.body.hasAttribute('data-keeps')) return // waiting.ts is at work
    event.preventDefault()
    event.stopImmediatePropagation()
    say(word('needsSignal'), 'warn')
  }, { capture: true })
}

/** typedBefore reports whether this browser keeps a message of its reader that was not sent. */
export function typedBefore(what: 'draft' | 'waiting'): boolean {
  try { return Object.keys(localStorage).some((key) => key.startsWith(`${what}:${reader}`)) } catch { return false }
}
