// <passkey-button>: asks the browser for a passkey, to add one or to come in with one, and puts the answer into its form.
import type { Kit } from './kit'

interface Ceremony { challenge?: string; options?: string; go?: string }

const bytes = (text: string): ArrayBuffer => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)).buffer
const text = (buffer: ArrayBuffer | null): string | undefined =>
  buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') : undefined

export function define(kit: Kit): void {
  class PasskeyButton extends HTMLElement {
    connectedCallback(): void {
      const form = this.querySelector('form')
      if (!form) return
      const unable = this.querySelector<HTMLElement>('[data-unable]')
      if (!window.PublicKeyCredential) { if (unable) unable.hidden = false; return }
      form.hidden = false
      form.addEventListener('submit', (event) => { event.preventDefault(); event.stopPropagation(); void this.ask(form) })
    }

    private async ask(form: HTMLFormElement): Promise<void> {
      const button = form.querySelector('button')
      if (button) button.disabled = true
      try {
        await this.run(form)
      } catch {
        kit.say(this.dataset.failed ?? '')
      } finally {
        if (button) button.disabled = false
      }
    }

    private async run(form: HTMLFormElement): Promise<void> {
      const begun = await post(this.dataset.begin ?? '', new URLSearchParams(fields(form)))
      if (begun.go) { location.assign(begun.go); return }
      const { publicKey } = JSON.parse(begun.options ?? '{}')
      const answer = publicKey.user ? await add(publicKey) : await prove(publicKey)
      const filled = new URLSearchParams(fields(form))
      filled.set('challenge', begun.challenge ?? '')
      filled.set('answer', JSON.stringify(answer))
      const done = await post(form.getAttribute('action') ?? '', filled)
      location.assign(done.go ?? location.href)
    }
  }
  customElements.define('passkey-button', PasskeyButton)
}

const fields = (form: HTMLFormElement): [string, string][] => [...new FormData(form)].map(([name, value]) => [name, String(value)])

async function post(address: string, body: URLSearchParams): Promise<Ceremony> {
  // not followed: what the next page says is said once, to the page that the person sees
  const answer = await fetch(address, { method: 'POST', body, redirect: 'manual', headers: { Accept: 'application/json' } })
  if (answer.type === 'opaqueredirect') return { go: location.pathname }
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json() as Promise<Ceremony>
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Asked = any

async function add(asked: Asked): Promise<unknown> {
  const made = await navigator.credentials.create({ publicKey: {
    ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: (asked.excludeCredentials ?? []).map((c: Asked) => ({ ...c, id: bytes(c.id) })) } }) as PublicKeyCredential
  const response = made.response as AuthenticatorAttestationResponse
  return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject), transports: response.getTransports?.() ?? [] } }
}

async function prove(asked: Asked): Promise<unknown> {
  const made = await navigator.credentials.get({ publicKey: {
    ...asked, challenge: bytes(asked.challenge), allowCredentials: (asked.allowCredentials ?? []).map((c: Asked) => ({ ...c, id: bytes(c.id) })) } }) as PublicKeyCredential
  const response = made.response as AuthenticatorAssertionResponse
  return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: text(response.userHandle) } }
}
