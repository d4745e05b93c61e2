// The worker of one firm's portal on one device: it shows what was seen last when there is no signal, and notifications. It
// serves the folder of its firm alone. What it keeps of a person's pages is named by the mark of its reader: with the first
// page of another reader everything of the last one is gone (docs/decisions/0015).
export {} // a module to the type checker; the built file is a plain script

interface Task { scope: string; offline: string; shell: string[]; icon: string; badge: string; push: string; title: string }
interface Fetching extends Event { request: Request; preloadResponse?: Promise<Response | undefined>; respondWith: (answer: Promise<Response>) => void; waitUntil: (work: Promise<unknown>) => void }
interface Waking extends Event { waitUntil: (work: Promise<unknown>) => void }
interface Pushed extends Waking { data?: { json: () => unknown } }
interface Clicked extends Waking { notification: Notification }
interface Page { url: string; focus: () => Promise<Page>; navigate: (url: string) => Promise<Page | null> }
interface Worker {
  task: Task
  registration: ServiceWorkerRegistration & { navigationPreload?: { enable: () => Promise<void> } }
  clients: { claim: () => Promise<void>; matchAll: (options: object) => Promise<Page[]>; openWindow: (url: string) => Promise<Page | null> }
  skipWaiting: () => Promise<void>
  addEventListener: (type: string, listener: (event: never) => void) => void
}

const worker = self as unknown as Worker
const { scope, offline, shell, icon, badge, push, title } = worker.task
const prefix = `lintel:${scope.split('/')[1]}:`
const shellName = `${prefix}shell`
const PAGES = 30
const PICTURES = 80
const PICTURE = 600_000 // bytes
const PATIENCE = 8000 // ms until a page seen before takes the place of one that does not come

worker.addEventListener('install', (event: Waking) => event.waitUntil(install()))
worker.addEventListener('activate', (event: Waking) => event.waitUntil(activate()))
worker.addEventListener('fetch', onFetch)
worker.addEventListener('push', (event: Pushed) => event.waitUntil(notify(event)))
worker.addEventListener('notificationclick', (event: Clicked) => { event.notification.close(); event.waitUntil(openPage(event.notification.data)) })
worker.addEventListener('pushsubscriptionchange', (event: Waking) => event.waitUntil(subscribeAgain(event)))

/** install takes one file after the other, so that it is never in the way of a page. */
async function install(): Promise<void> {
  const cache = await caches.open(shellName)
  for (const url of shell) if (!(await cache.match(url))) await cache.add(url).catch(() => { /* it comes with the page that needs it */ })
  await cache.add(new Request(offline, { cache: 'reload' }))
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  const cache = await caches.open(shellName)
  const wanted = new Set([...shell, offline])
  for (const request of await cache.keys()) if (!wanted.has(pathOf(request.url))) await cache.delete(request)
  await worker.registration.navigationPreload?.enable()
  await worker.clients.claim()
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url)
  return pathname + search
}

function onFetch(event: Fetching): void {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(event))
  else if (url.pathname.startsWith('/static/') || shell.includes(pathOf(request.url))) event.respondWith(part(request))
  else if (request.destination === 'image' && url.pathname.startsWith(scope)) event.respondWith(picture(event))
}

/** part is a style sheet, a script, the typeface, the logo: its address changes with its content. */
async function part(request: Request): Promise<Response> {
  const cache = await caches.open(shellName)
  const kept = await cache.match(request.url)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && answer.type === 'basic') await cache.put(request.url, answer.clone()).catch(() => { /* no room */ })
  return answer
}

/** page asks the network first; without it, what was seen last. */
async function page(event: Fetching): Promise<Response> {
  const url = event.request.url.split('#')[0]
  const kept = await lastSeen(url)
  const fresh = ask(event).then((answer) => { event.waitUntil(keep(url, answer.clone())); return answer })
  const shown = kept ? Promise.race([fresh, late(kept)]) : fresh
  return shown.catch(async () => kept ?? (await caches.match(offline, { cacheName: shellName })) ?? Response.error())
}

async function ask(event: Fetching): Promise<Response> {
  return (await event.preloadResponse) ?? fetch(event.request)
}

function late(kept: Response): Promise<Response> {
  return new Promise((done) => setTimeout(() => done(kept), PATIENCE))
}

/** lastSeen finds the copy of a page; at the doors of the portal it is the first page of whoever was here, or what they saw last. */
async function lastSeen(url: string): Promise<Response | undefined> {
  const name = await theOne('pages')
  if (!name) return undefined
  const cache = await caches.open(name)
  const found = await cache.match(url)
  if (found || ![scope, `${scope}home`].includes(new URL(url).pathname)) return found
  for (const first of ['home', 'office', 'desk', 'field']) {
    const door = await cache.match(scope + first)
    if (door) return door
  }
  const newest = (await cache.keys()).at(-1)
  return newest && cache.match(newest)
}

/** theOne is the store of the reader who was here last. Two of them cannot be told apart: none is shown. */
async function theOne(kind: string): Promise<string | undefined> {
  const names = (await caches.keys()).filter((name) => name.startsWith(`${prefix}${kind}:`))
  return names.length === 1 ? names[0] : undefined
}

async function forgetOthers(reader: string): Promise<void> {
  const personal = new RegExp(`^${prefix}(pages|pictures):`)
  for (const name of await caches.keys()) if (personal.test(name) && !name.endsWith(`:${reader}`)) await caches.delete(name)
}

/** keep stores a page that may stay, under the mark of its reader. */
async function keep(url: string, answer: Response): Promise<void> {
  const [reader, may] = (answer.headers.get('Lintel-Reader') ?? '').split(' ')
  if (reader) await forgetOthers(reader)
  if (answer.type === 'opaqueredirect') return
  if ([401, 403, 404, 410].includes(answer.status) || (reader && !may)) return dropPage(url)
  if (!answer.ok || !reader || answer.redirected) return // a fault of the server, or somebody else's answer: what was seen is still worth something
  const html = await answer.text()
  const at = new Date().toISOString()
  const headers = new Headers(answer.headers)
  for (const name of ['Content-Encoding', 'Content-Length']) headers.delete(name)
  headers.set('Lintel-Kept', at)
  headers.set('Lintel-Title', encodeURIComponent(titleOf(html)))
  const cache = await caches.open(`${prefix}pages:${reader}`)
  await cache.delete(url)
  await cache.put(url, new Response(html.replace('<body ', `<body data-kept="${at}" `), { headers }))
  await bound(cache, PAGES)
}

async function dropPage(url: string): Promise<void> {
  const name = await theOne('pages')
  if (name) await (await caches.open(name)).delete(url)
}

function titleOf(html: string): string {
  const found = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? ''
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', '#34': '"', '#39': "'" }
  return found.replace(/&(amp|lt|gt|#34|#39);/g, (_, name: string) => named[name])
}

async function bound(cache: Cache, most: number): Promise<void> {
  const keys = await cache.keys()
  for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old)
}

/** picture keeps small pictures of the pages; a large one is shown by the network alone. */
async function picture(event: Fetching): Promise<Response> {
  const { request } = event
  try {
    const answer = await fetch(request)
    if (answer.ok && answer.type === 'basic') event.waitUntil(keepPicture(request.url, answer.clone()))
    return answer
  } catch (error) {
    const name = await theOne('pictures')
    const kept = name && await (await caches.open(name)).match(request.url)
    if (kept) return kept
    throw error
  }
}

async function keepPicture(url: string, answer: Response): Promise<void> {
  const pages = await theOne('pages') // no page of a reader is kept: no picture either
  if (!pages || Number(answer.headers.get('Content-Length') ?? Infinity) > PICTURE) return
  const cache = await caches.open(pages.replace(`${prefix}pages:`, `${prefix}pictures:`))
  await cache.delete(url)
  await cache.put(url, answer)
  await bound(cache, PICTURES)
}

interface Message { title?: string; body?: string; url?: string; tag?: string }

async function notify(event: Pushed): Promise<void> {
  let message: Message = {}
  try { message = (event.data?.json() ?? {}) as Message } catch { /* a browser shows something for every push, so we do */ }
  await worker.registration.showNotification(message.title || title, { body: message.body ?? '', tag: message.tag, icon, badge, data: inside(message.url) })
}

/** inside gives an address only if it lies in this firm's portal. */
function inside(url: unknown): string {
  const target = new URL(typeof url === 'string' ? url : scope, location.origin)
  return target.origin === location.origin && target.pathname.startsWith(scope) ? target.href : new URL(scope, location.origin).href
}

async function openPage(url: unknown): Promise<void> {
  const target = inside(url)
  const open = (await worker.clients.matchAll({ type: 'window' })).filter((one) => new URL(one.url).pathname.startsWith(scope))
  const there = open.find((one) => one.url === target)
  if (there) { await there.focus(); return }
  if (open[0]) {
    const focused = await open[0].focus()
    if (await focused.navigate(target).catch(() => null)) return
  }
  await worker.clients.openWindow(target)
}

/** subscribeAgain tells the portal the device's new address when the browser has changed it. */
async function subscribeAgain(event: Event): Promise<void> {
  const old = (event as Event & { oldSubscription?: PushSubscription }).oldSubscription
  const fresh = old && await worker.registration.pushManager.subscribe(old.options)
  if (fresh) await fetch(push, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'fetch' }, body: JSON.stringify(fresh) })
}
