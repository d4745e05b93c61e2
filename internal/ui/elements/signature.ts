// <signature-pad>: draw by mouse, finger or pen, or type. It keeps the drawing over a turn of the phone, and fills the
// hidden field with a PNG of at least twice the shown size.
import SignaturePad from 'signature_pad'

class SignatureElement extends HTMLElement {
  private pad?: SignaturePad
  private canvas = this.querySelector('canvas')
  private image = this.querySelector<HTMLInputElement>('[data-image]')
  private typed = this.querySelector<HTMLInputElement>('.sig-name')
  private width = 0

  get kind(): string { return this.querySelector<HTMLInputElement>('input[type=radio]:checked')?.value ?? 'type' }
  get signed(): boolean { return this.kind === 'draw' ? Boolean(this.pad && !this.pad.isEmpty()) : Boolean(this.typed?.value.trim()) }

  connectedCallback(): void {
    if (this.pad || !this.canvas) return
    const [draw] = this.querySelectorAll<HTMLInputElement>('input[type=radio]')
    this.querySelector<HTMLElement>('.seg')!.hidden = false
    if (draw && !this.typed?.value) draw.checked = true
    this.pad = new SignaturePad(this.canvas, { penColor: getComputedStyle(this.canvas).color, minWidth: 0.8, maxWidth: 2.6 })
    this.pad.addEventListener('endStroke', () => this.changed())
    new ResizeObserver(() => this.fit()).observe(this.canvas)
    this.addEventListener('change', () => this.show())
    this.addEventListener('input', () => this.changed())
    this.querySelector('[data-clear]')?.addEventListener('click', () => { this.pad?.clear(); this.changed() })
    this.closest('form')?.addEventListener('formdata', (event) => this.fill(event.formData))
    this.show()
  }

  /** invite leads a person who forgot to sign to the pad. */
  invite(): void {
    const place = this.kind === 'draw' ? this.querySelector<HTMLElement>('.sig') : this.typed
    place?.scrollIntoView({ block: 'center' })
    if (this.kind === 'type') this.typed?.focus()
    else this.querySelector<HTMLInputElement>('input[type=radio]:checked')?.focus()
  }

  private show(): void {
    for (const part of this.querySelectorAll<HTMLElement>('[data-draw]')) part.hidden = this.kind !== 'draw'
    for (const part of this.querySelectorAll<HTMLElement>('[data-typed]')) part.hidden = this.kind !== 'type'
    this.changed()
  }

  /** fit makes the canvas as sharp as the screen and draws the strokes again at the new width. */
  private fit(): void {
    const { canvas, pad } = this
    if (!canvas || !pad || canvas.offsetWidth === 0) return
    const ratio = Math.max(devicePixelRatio || 1, 2)
    const strokes = pad.toData()
    const scale = this.width ? canvas.offsetWidth / this.width : 1
    this.width = canvas.offsetWidth
    canvas.width = canvas.offsetWidth * ratio
    canvas.height = canvas.offsetHeight * ratio
    canvas.getContext('2d')?.scale(ratio, ratio)
    pad.clear()
    if (strokes.length === 0) return
    for (const stroke of strokes) for (const point of stroke.points) point.x *= scale
    pad.fromData(strokes)
  }

  private fill(data: FormData): void {
    if (!this.image || !this.canvas) return
    data.set(this.image.name, this.kind === 'draw' && this.signed ? this.canvas.toDataURL('image/png') : '')
  }

  private changed(): void {
    if (this.image && this.canvas) this.image.value = this.kind === 'draw' && this.signed ? this.canvas.toDataURL('image/png') : ''
    this.dispatchEvent(new CustomEvent('lintel:signed', { bubbles: true }))
  }
}

/** define is called by the entry once this code has arrived. */
export function define(): void {
  customElements.define('signature-pad', SignatureElement)
}
