// <seen-mark post up-to>: tells the server how far a conversation was really on this person's screen. It says each thing once,
// and nothing while the page lies in the background.

const said = new Map<string, string>()

class SeenMark extends HTMLElement {
  static observedAttributes = ['up-to']
  private watcher?: IntersectionObserver
  private visible = false
  private look = (): void => { void this.tell() }

  connectedCallback(): void {
    this.watcher = new IntersectionObserver((entries) => { this.visible = entries.at(-1)!.isIntersecting; this.look() })
    this.watcher.observe(this)
    document.addEventListener('visibilitychange', this.look)
  }

  disconnectedCallback(): void {
    this.watcher?.disconnect()
    document.removeEventListener('visibilitychange', this.look)
  }

  attributeChangedCallback(): void { this.look() }

  private async tell(): Promise<void> {
    const [url, upTo] = [this.getAttribute('post'), this.getAttribute('up-to')]
    if (!this.visible || document.hidden || !url || !upTo || said.get(url) === upTo) return
    said.set(url, upTo)
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ up_to: upTo }), headers: { 'X-Requested-With': 'fetch' } }).catch(() => undefined)
    if (!answer && said.get(url) === upTo) said.delete(url) // without a signal: the next look tells it
  }
}

export function define(): void { customElements.define('seen-mark', SeenMark) }
