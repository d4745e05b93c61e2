// The entry of every page: small behaviours at once, larger elements when the page has them.
import { dialogClick, openNow, pullToClose } from './dialog'
import './fields'
import { copy, onChange, onSubmit, sendNow, wakeForms } from './forms'
import { newID } from './ids'
import type { Kit } from './kit'
import { followLive } from './live'
import { say, sayWaiting, whisper } from './say'
import { installer, settle, stopLost, typedBefore } from './shell'
import { watchTerms } from './terms'
import { toggleTheme } from './theme'
import { clock, icon, word } from './words'

const kit: Kit = { word, icon, clock, say, whisper, newID, installer }

interface Late { define: (kit: Kit) => void }

// what each element's code waits for: nothing, or a sign that a person is about to use it
const late: Record<string, { load: () => Promise<Late>; on?: string[] }> = {
  'before-after': { load: () => import('./compare') },
  'autosave-form': { load: () => import('./autosave'), on: ['pointerover', 'focusin', 'touchstart', 'change'] },
  'install-guide': { load: () => import('./install') },
  'install-hint': { load: () => import('./install') },
  'last-seen': { load: () => import('./install') },
  'line-editor': { load: () => import('./lines') },
  'passkey-button': { load: () => import('./passkey') },
  'push-button': { load: () => import('./push') },
  'schedule-timeline': { load: () => import('./timeline') },
  'search-field': { load: () => import('./search'), on: ['pointerover', 'focusin', 'touchstart'] },
  'seen-mark': { load: () => import('./seen') },
  'signature-pad': { load: () => import('./signature'), on: ['lintel:open'] },
  'text-expander': { load: () => import('./mention'), on: ['pointerover', 'focusin', 'touchstart'] },
  'textarea[data-draft]': { load: () => import('./waiting'), on: ['focusin', 'touchstart'] },
  'upload-zone': { load: () => import('./upload'), on: ['pointerover', 'focusin', 'dragenter', 'touchstart'] },
}

/** loadElements fetches the code of the elements that stand in the page. */
function loadElements(): void {
  for (const [name, { load, on }] of Object.entries(late)) {
    const element = document.querySelector(name)
    if (!element && !(name === 'textarea[data-draft]' && typedBefore('waiting'))) continue
    if (!on || !element || !canWait(name, element)) { fetchElement(name, load); continue }
    for (const type of on) document.addEventListener(type, () => fetchElement(name, load), { once: true, passive: true })
    if (name === 'textarea[data-draft]') addEventListener('load', () => setTimeout(() => fetchElement(name, load), 4000)) // before a signal is lost, after the page is there
  }
}

/** canWait tells whether an element does nothing before a person comes near it. */
function canWait(name: string, element: Element): boolean {
  if (name === 'signature-pad') return element.closest('dialog:not([open])') !== null
  if (name === 'upload-zone') return !Object.keys(localStorage).some((key) => key.startsWith('upload:')) // one that goes on
  if (name === 'textarea[data-draft]') return !typedBefore('draft') && !typedBefore('waiting')
  if (name !== 'autosave-form') return true
  const unsaved = localStorage.getItem(`autosave:${document.body.dataset.reader ?? ''}:${location.pathname}:${element.getAttribute('for')}`)
  return element.hasAttribute('data-lazy') && unsaved === null
}

function fetchElement(name: string, load: () => Promise<Late>): void {
  if (!late[name]) return
  const entry = late[name]
  delete late[name]
  load().then((code) => code.define(kit)).catch(() => { late[name] = entry }) // offline: the next fragment tries again
}

/** The gallery's code comes with the first click on a picture; then this click is done again. */
function openPicture(event: MouseEvent): boolean {
  const link = (event.target as Element).closest<HTMLAnchorElement>('photo-gallery a[data-picture]')
  if (!link || customElements.get('photo-gallery') || event.metaKey || event.ctrlKey || event.shiftKey) return false
  event.preventDefault()
  import('./gallery').then((code: Late) => { code.define(kit); link.click() }).catch(() => { location.href = link.href })
  return true
}

/** awaitMentions does a click on the @ again when its code is there. */
function awaitMentions(event: MouseEvent): void {
  const button = (event.target as Element).closest<HTMLElement>('[data-mention]')
  if (!button || customElements.get('text-expander')) return
  customElements.whenDefined('text-expander').then(() => setTimeout(() => button.click()))
}

function onClick(event: MouseEvent): void {
  const target = event.target as Element
  if (openPicture(event)) return
  awaitMentions(event)
  dialogClick(event)
  if (target.closest('[data-theme-toggle]')) toggleTheme()
  const source = target.closest<HTMLElement>('[data-copy]')
  if (source) void copy(source)
  const row = target.closest('[data-remove-file]')
  if (row && row.closest('upload-zone')) {
    event.preventDefault()
    const zone = row.closest('upload-zone')
    row.closest('li')?.remove()
    zone?.dispatchEvent(new Event('change', { bubbles: true })) // so that a form that saves itself does
  }
}

function onKey(event: KeyboardEvent): void {
  const typing = (event.target as Element).closest('input, textarea, select, [contenteditable]')
  const slash = event.key === '/' && !typing && !event.ctrlKey && !event.metaKey
  if (!slash && !(event.key === 'k' && (event.ctrlKey || event.metaKey))) return
  const field = document.querySelector<HTMLInputElement>('[data-key-search]')
  if (!field) return
  event.preventDefault()
  field.select()
}

/** showCurrentTab scrolls a row of tabs that is wider than the phone to the tab that is open. */
function showCurrentTab(): void {
  for (const tab of document.querySelectorAll<HTMLElement>('.tabs [aria-current]')) {
    const row = tab.closest<HTMLElement>('.tabs')!
    const [at, box] = [tab.getBoundingClientRect(), row.getBoundingClientRect()]
    if (at.left < box.left || at.right > box.right) row.scrollLeft += at.left + at.width / 2 - box.left - box.width / 2
  }
}

/** sendBeacons posts the forms that note that a page was really opened by a person's browser. */
function sendBeacons(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-beacon]')) {
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]))
    fetch(form.action, { method: 'POST', body, keepalive: true }).catch(() => { /* it is only a courtesy to the office */ })
  }
}

/** toFaults leads to the field that the address names, to what a refused form says above itself, or else to its first field
 *  with a fault. */
function toFaults(): void {
  const first = document.querySelector<HTMLElement>(':is(input, textarea, select):target') ?? document.querySelector<HTMLElement>('[data-focus]') ?? document.querySelector<HTMLElement>('main [aria-invalid=true]')
  first?.focus()
}

stopLost() // first of all: before anybody else takes the form
watchTerms(document) // first: its check of what is missing runs before the form counts as sent
document.addEventListener('click', onClick)
document.addEventListener('submit', onSubmit)
document.addEventListener('change', onChange)
document.addEventListener('keydown', onKey)
document.addEventListener('pointerdown', pullToClose)
document.addEventListener('lintel:fresh', loadElements)
addEventListener('pageshow', wakeForms)
sayWaiting(document)
sendNow(document)
openNow(document)
settle()
showCurrentTab()
sendBeacons()
toFaults()
loadElements()
followLive()
