// <push-button>: turns notifications on this device on and off. The browser asks its person only after a click, and its push
// service may never answer, so that every step ends after a while.
import type { Kit } from './kit'

const PATIENCE = 15_000 // ms

function inTime<T>(work: Promise<T>): Promise<T> {
  return Promise.race([work, new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error('too late')), PATIENCE))])
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.trim().replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))
}

/** post tells the portal something, and answers with the page that asks for a code where one comes first. */
async function post(url: string, body: unknown): Promise<string | undefined> {
  const answer = await inTime(fetch(url, { method: 'POST', redirect: 'error', body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-Requested-With': 'fetch' } }))
  if (!answer.ok) throw new Error(`answer ${answer.status}`)
  return answer.status === 204 ? undefined : (await answer.json() as { confirm: string }).confirm
}

/** worker is the portal's, at work: without one the browser gives no address for messages. */
async function worker(): Promise<ServiceWorkerRegistration> {
  const scope = document.body.dataset.app
  if (!scope) throw new Error('no app here')
  await navigator.serviceWorker.register(`${scope}worker.js`, { scope, updateViaCache: 'all' })
  return inTime(navigator.serviceWorker.ready)
}

type State = 'on' | 'off' | 'denied' | 'failed' | 'missing' | 'home'

export function define(_: Kit): void {
  class PushButton extends HTMLElement {
    connectedCallback(): void {
      if (this.dataset.ready) return
      this.dataset.ready = '1'
      this.button('on')?.addEventListener('click', () => void this.turn(() => this.turnOn()))
      this.button('off')?.addEventListener('click', () => void this.turn(() => this.turnOff()))
      void this.look()
    }

    private get base(): string { return this.getAttribute('base') ?? '' }

    private button(name: string): HTMLButtonElement | null { return this.querySelector(`[data-push="${name}"] button`) }

    /** look finds out how it stands, without asking anybody anything. */
    private async look(): Promise<void> {
      if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) { this.show(this.onHome() ? 'home' : 'missing'); return }
      if (Notification.permission === 'denied') { this.show('denied'); return }
      const known = await navigator.serviceWorker.getRegistration(document.body.dataset.app)
      this.show(await known?.pushManager.getSubscription() ? 'on' : 'off')
    }

    /** iPhones give messages to apps on the home screen only. */
    private onHome(): boolean { return /iPhone|iPad/.test(navigator.userAgent) }

    private show(state: State): void {
      const text = this.querySelector('[data-push-state]')
      if (text) text.textContent = this.dataset[state] ?? ''
      this.dataset.state = state
      for (const [name, there] of [['on', state === 'off' || state === 'failed'], ['off', state === 'on']] as const) {
        const part = this.querySelector<HTMLElement>(`[data-push="${name}"]`)
        if (part) part.hidden = !there
      }
    }

    private async turn(work: () => Promise<State>): Promise<void> {
      this.querySelectorAll('button').forEach((button) => { button.disabled = true })
      this.setAttribute('aria-busy', 'true')
      const state = await work().catch((): State => 'failed')
      this.removeAttribute('aria-busy')
      this.querySelectorAll('button').forEach((button) => { button.disabled = false })
      this.show(state)
    }

    private async turnOn(): Promise<State> {
      if (await Notification.requestPermission() !== 'granted') return Notification.permission === 'denied' ? 'denied' : 'off'
      const { pushManager } = await worker()
      const key = await inTime(fetch(`${this.base}/key`, { headers: { Accept: 'application/json' } }))
      if (!key.ok) return 'failed'
      const own = await pushManager.getSubscription() ?? await inTime(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(keyOf(await key.text())) }))
      const confirm = await post(this.base, own).catch(() => 'failed')
      if (!confirm) return 'on'
      await own.unsubscribe() // else it would look as if it were on
      if (confirm === 'failed') return 'failed'
      location.assign(confirm)
      return 'off'
    }

    private async turnOff(): Promise<State> {
      const known = await navigator.serviceWorker.getRegistration(document.body.dataset.app)
      const own = await known?.pushManager.getSubscription()
      if (!own) return 'off'
      await post(`${this.base}/remove`, { endpoint: own.endpoint })
      await own.unsubscribe()
      return 'off'
    }
  }

  customElements.define('push-button', PushButton)
}

/** keyOf takes the key as plain text or as JSON: {"key": "…"}. */
function keyOf(text: string): string {
  return text.trim().startsWith('{') ? (JSON.parse(text) as { key: string }).key : text.replace(/"/g, '')
}
