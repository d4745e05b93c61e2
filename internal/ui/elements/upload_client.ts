// One resumable upload: README.md, "Uploads". The address of an unfinished upload is kept by the file's fingerprint, so
// that a reload or another day goes on where it stopped.
import { forget, keep } from './upload_kept'
import { poster } from './upload_poster'

const CHUNK = 1 << 20

export interface Watch {
  progress: (percent: number) => void
  paused: (percent: number) => void
  done: (fragment: string) => void
  refused: (reason: string) => void
}

/** Refusal is an answer that trying again does not change. */
class Refusal extends Error {}

export class Upload {
  private offset = 0
  private stopped = false
  private request?: AbortController
  private picture?: Promise<Blob | undefined>
  readonly key: string

  constructor(private file: File, private endpoint: string, private watch: Watch) {
    this.key = `upload:${endpoint}:${file.name}:${file.size}:${file.lastModified}`
  }

  get percent(): number { return this.file.size ? Math.floor((100 * this.offset) / this.file.size) : 100 }

  async start(): Promise<void> {
    for (let failures = 0; !this.stopped;) {
      try {
        const before = this.offset
        const location = await this.locate()
        this.picture ??= poster(this.file) // while the file is on its way
        await this.sendRest(location)
        if (this.offset > before) failures = 0
        await this.sendPoster(location)
        this.watch.done(await this.fetchDone(location))
        this.end()
        return
      } catch (problem) {
        if (this.stopped) return
        if (problem instanceof Refusal) {
          this.end()
          this.watch.refused(problem.message)
          return
        }
        this.watch.paused(this.percent)
        await waitOrOnline(Math.min(30_000, 1000 * 2 ** failures++))
      }
    }
  }

  cancel(): void {
    this.stopped = true
    this.request?.abort()
    const location = localStorage.getItem(this.key)
    this.end()
    if (location) void this.ask('DELETE', location).catch(() => { /* the server forgets unfinished uploads by itself */ })
  }

  private end(): void {
    localStorage.removeItem(this.key)
    void forget(this.key)
  }

  /** locate finds the unfinished upload and how far it is, or begins one. */
  private async locate(): Promise<string> {
    const known = localStorage.getItem(this.key)
    if (known) {
      const answer = await this.ask('HEAD', known)
      if (answer.ok) {
        this.offset = Number(answer.headers.get('Upload-Offset'))
        return known
      }
      if (![403, 404, 410].includes(answer.status)) throw new Error(`HEAD ${answer.status}`)
      localStorage.removeItem(this.key)
    }
    const answer = await this.ask('POST', this.endpoint, {
      'Upload-Length': String(this.file.size),
      'X-File-Name': encodeURIComponent(this.file.name),
      'Content-Type': this.file.type || 'application/octet-stream',
    })
    const location = answer.headers.get('Location')
    if (answer.status !== 201 || !location) throw await failure(answer)
    this.offset = 0
    localStorage.setItem(this.key, location)
    void keep({ key: this.key, file: this.file, endpoint: this.endpoint })
    return location
  }

  private async sendRest(location: string): Promise<void> {
    while (this.offset < this.file.size && !this.stopped) {
      this.watch.progress(this.percent)
      const part = this.file.slice(this.offset, this.offset + CHUNK)
      const answer = await this.ask('PATCH', location, { 'Upload-Offset': String(this.offset), 'Content-Type': 'application/offset+octet-stream' }, part)
      if (!answer.ok) throw await failure(answer)
      this.offset = Number(answer.headers.get('Upload-Offset') ?? this.offset + part.size)
    }
    this.watch.progress(100)
  }

  /** sendPoster sends the picture of a film; a file without one is as good. Only a cut network makes it try again. */
  private async sendPoster(location: string): Promise<void> {
    const picture = await this.picture
    if (picture && !this.stopped) await this.ask('POST', `${location}/preview`, { 'Content-Type': 'image/jpeg' }, picture)
  }

  private async fetchDone(location: string): Promise<string> {
    const answer = await this.ask('GET', location)
    if (!answer.ok) throw await failure(answer)
    return answer.text()
  }

  private ask(method: string, url: string, headers: Record<string, string> = {}, body?: Blob): Promise<Response> {
    this.request = new AbortController()
    return fetch(url, { method, headers: { 'X-Requested-With': 'fetch', ...headers }, body, signal: method === 'DELETE' ? undefined : this.request.signal })
  }
}

async function failure(answer: Response): Promise<Error> {
  const final = answer.status >= 400 && answer.status < 500 && ![401, 404, 408, 409, 410, 423, 425, 429].includes(answer.status)
  if (!final) return new Error(String(answer.status))
  const plain = answer.headers.get('Content-Type')?.startsWith('text/plain')
  return new Refusal(plain ? (await answer.text()).trim() : '')
}

function waitOrOnline(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, milliseconds)
    function finish(): void {
      clearTimeout(timer)
      removeEventListener('online', finish)
      resolve()
    }
    addEventListener('online', finish)
  })
}
