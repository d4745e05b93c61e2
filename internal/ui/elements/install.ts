// What belongs to the portal as an app: <install-hint>, <install-button>, <install-guide> and, on the page without a signal,
// <last-seen>.
import type { Kit } from './kit'

const DISMISSED = 'lintel:no-install'

function standalone(): boolean {
  return matchMedia('(display-mode: standalone)').matches || (navigator as Navigator & { standalone?: boolean }).standalone === true
}

/** device tells which of the guides fits. iPads say that they are Macs, but Macs are not touched. */
function device(): string {
  if (standalone()) return 'app'
  if (/iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1)) return 'iphone'
  return /Android/.test(navigator.userAgent) ? 'android' : 'desktop'
}

function remember(key: string): void {
  try { localStorage.setItem(key, '1') } catch { /* it is offered again next time */ }
}

/** visited counts visits, not pages: a visit lasts as long as its tab. */
function visited(): number {
  try {
    const before = Number(localStorage.getItem('lintel:visits') ?? 0)
    if (sessionStorage.getItem('lintel:visit')) return before
    sessionStorage.setItem('lintel:visit', '1')
    localStorage.setItem('lintel:visits', String(before + 1))
    return before + 1
  } catch { return 0 }
}

export function define(kit: Kit): void {
  if (customElements.get('install-hint')) return // two of these stand in one page

  /** install asks the browser to install the portal; false when it cannot. */
  async function install(): Promise<boolean> {
    const offer = kit.installer()
    if (!offer) return false
    await offer.prompt().catch(() => { /* it asks once for each page */ })
    return true
  }

  class InstallHint extends HTMLElement {
    connectedCallback(): void {
      const phone = matchMedia('(pointer: coarse) and (max-width: 860px)').matches
      if (visited() < 2 || !phone || standalone() || localStorage.getItem(DISMISSED)) return
      this.hidden = false
      this.addEventListener('click', (event) => {
        const act = (event.target as Element).closest<HTMLElement>('[data-install]')?.dataset.install
        if (act === 'later') { remember(DISMISSED); this.remove() }
        // Whoever has no password yet reads the page first: the icon would lead to a question that they cannot answer.
      })
    }
  }

  class InstallButton extends HTMLElement {
    connectedCallback(): void {
      this.show()
      document.addEventListener('lintel:installable', () => this.show())
      this.addEventListener('click', () => void install().then((done) => { if (done) this.hidden = true }))
    }

    private show(): void { this.hidden = !kit.installer() || this.closest('[data-blocked]') !== null }
  }

  class InstallGuide extends HTMLElement {
    connectedCallback(): void {
      const mine = device()
      const part = this.querySelector<HTMLElement>(`[data-for="${mine}"]`)
      if (!part) return
      part.hidden = false
      this.prepend(part)
      part.querySelector<HTMLElement>('[data-this]')?.removeAttribute('hidden')
    }
  }

  class LastSeen extends HTMLElement {
    connectedCallback(): void {
      void this.fill()
      addEventListener('online', () => location.reload())
      document.querySelector('[data-again]')?.addEventListener('click', () => location.reload())
    }

    private async fill(): Promise<void> {
      const list = this.querySelector('ul')
      const pages = await kept()
      if (!list || pages.length === 0) { this.textContent = this.dataset.none ?? ''; return }
      for (const page of pages) list.append(row(page))
      list.hidden = false
      this.querySelector('h2')?.removeAttribute('hidden')
    }
  }

  interface Kept { url: string; title: string; at: string }

  /** kept lists what the worker has kept for whoever was here last, the newest first. */
  async function kept(): Promise<Kept[]> {
    if (!('caches' in window)) return []
    const own = `lintel:${location.pathname.split('/')[1]}:pages:`
    const names = (await caches.keys()).filter((name) => name.startsWith(own))
    if (names.length !== 1) return []
    const cache = await caches.open(names[0])
    const pages = await Promise.all((await cache.keys()).map(async ({ url }) => {
      const headers = (await cache.match(url))?.headers
      return { url, title: decodeURIComponent(headers?.get('Lintel-Title') ?? '') || new URL(url).pathname, at: headers?.get('Lintel-Kept') ?? '' }
    }))
    return pages.sort((a, b) => b.at.localeCompare(a.at))
  }

  function row(page: Kept): HTMLElement {
    const item = document.createElement('li')
    const link = document.createElement('a')
    link.href = page.url
    link.className = 'grow tap'
    link.textContent = page.title.split(' · ')[0]
    const when = document.createElement('time')
    when.dateTime = page.at
    when.className = 'small muted'
    when.textContent = kit.clock(new Date(page.at))
    item.append(link, when)
    return item
  }

  customElements.define('install-hint', InstallHint)
  customElements.define('install-button', InstallButton)
  customElements.define('install-guide', InstallGuide)
  customElements.define('last-seen', LastSeen)
}
