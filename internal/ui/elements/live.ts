// Keeps those parts of the page up to date that name topics (data-live="project:… person:…"). The stream says only which topics
// have changed; the part then asks its own address (hx-get) again. One stream a page, and none while the page is not looked at:
// a browser has few connections to spare, and a phone little power.

let stream: EventSource | undefined
let followed = ''
let mark = document.body.dataset.liveMark ?? '' // from before the page was made
const due = new Map<string, number>() // by the part's id: the element itself is another one after each update
const asking = new Map<string, boolean>() // parts on their way, and whether they changed once more meanwhile

function parts(): HTMLElement[] { return [...document.querySelectorAll<HTMLElement>('[data-live]')] }

function topicsOf(part: HTMLElement): string[] { return (part.dataset.live ?? '').split(' ').filter(Boolean) }

/** followLive opens the stream for what the page shows now; it may be called again after the page has changed. */
export function followLive(): void {
  const topics = [...new Set(parts().flatMap(topicsOf))].sort()
  if (topics.join(' ') === followed && stream) return
  unfollow()
  if (topics.length === 0 || document.hidden) return
  followed = topics.join(' ')
  const address = new URL(`/${location.pathname.split('/')[1]}/live`, location.href)
  for (const topic of topics) if (!topic.startsWith('person:')) address.searchParams.append('topic', topic)
  if (mark) address.searchParams.set('after', mark)
  stream = new EventSource(address)
  stream.onmessage = (event) => { mark = event.lastEventId; refresh(event.data.split(' ')) }
  stream.addEventListener('mark', (event) => { mark = (event as MessageEvent).lastEventId })
  stream.addEventListener('end', unfollow) // access has ended: the next click says so kindly
}

function unfollow(): void {
  stream?.close()
  stream = undefined
  followed = ''
}

function refresh(changed: string[]): void {
  for (const part of parts()) {
    if (changed[0] !== '*' && !topicsOf(part).some((topic) => changed.includes(topic)) || due.has(part.id)) continue
    // a little later, each page at another moment: many changes come together, and many pages hear of one
    due.set(part.id, window.setTimeout(() => { due.delete(part.id); void ask(part.id) }, 40 + Math.random() * 260))
  }
}

async function ask(id: string): Promise<void> {
  const part = document.getElementById(id)
  if (!part) return
  if (document.querySelector('meta[name="htmx-config"]')) { part.dispatchEvent(new CustomEvent('live')); return }
  const url = part.getAttribute('hx-get')
  if (!url || part.contains(document.activeElement) && part.querySelector('input:focus, textarea:focus')) return
  if (asking.has(id)) { asking.set(id, true); return }
  asking.set(id, false)
  await replace(id, url)
  const again = asking.get(id)
  asking.delete(id)
  if (again) void ask(id)
}

async function replace(id: string, url: string): Promise<void> {
  const answer = await fetch(url, { headers: { 'HX-Request': 'true' } }).catch(() => undefined)
  if (!answer?.ok || answer.redirected) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').body.firstElementChild
  const now = document.getElementById(id)
  if (fresh && now) now.replaceWith(document.adoptNode(fresh))
}

document.addEventListener('visibilitychange', () => { if (document.hidden) unfollow(); else followLive() })
document.addEventListener('lintel:fresh', followLive)
document.addEventListener('lintel:changed', (event) => void ask((event.target as HTMLElement).id)) // this page has changed it itself
addEventListener('pagehide', unfollow) // a page kept for the way back must not hold a connection
addEventListener('pageshow', (event) => { if (event.persisted) followLive() })
