// <schedule-timeline>: bars of tasks that are moved by mouse, finger or keys. Each bar names its task's days, its revision and
// where a move is posted; the answer is the plan anew, which takes the place of the one on the page.
import type { Kit } from './kit'

const day = 86_400_000
const edge = 10 // pixels at the end of a bar that move its end alone
const pause = 700 // after the last key before it is saved

const at = (text: string): number => Date.parse(`${text}T00:00:00Z`) / day
const text = (days: number): string => new Date(days * day).toISOString().slice(0, 10)

interface Held { bar: SVGGElement; pointer: number; from: number; end: boolean; starts: number; ends: number }

// A move that is not saved yet. It is kept here and not in the bar: the page may be brought up to date meanwhile. The revision is
// the one that the person saw, so that somebody else's change is not overwritten.
interface Move { task: string; starts: number; ends: number; revision: string }

export function define(kit: Kit): void {
  class ScheduleTimeline extends HTMLElement {
    private held: Held | undefined
    private waiting = 0
    private move: Move | undefined

    connectedCallback(): void {
      this.showToday()
      if (!this.hasAttribute('data-may')) return
      this.addEventListener('pointerdown', (event) => this.take(event))
      this.addEventListener('pointermove', (event) => this.drag(event))
      this.addEventListener('pointerup', (event) => this.drop(event))
      this.addEventListener('pointercancel', () => this.letGo())
      this.addEventListener('keydown', (event) => this.key(event))
    }

    /** showToday scrolls a timeline that is wider than its place to today. */
    private showToday(): void {
      const [box, line] = [this.querySelector<HTMLElement>('.tl-scroll'), this.querySelector('.tl-grid .now')]
      if (!box || !line || box.scrollWidth <= box.clientWidth) return
      box.scrollLeft += line.getBoundingClientRect().left - box.getBoundingClientRect().left - box.clientWidth / 2
    }

    private days(): number { return Number(this.dataset.days) }

    private take(event: PointerEvent): void {
      const bar = (event.target as Element).closest<SVGGElement>('[data-task]')
      if (!bar || event.button !== 0) return
      event.preventDefault()
      bar.focus({ preventScroll: true })
      const box = bar.getBoundingClientRect()
      const end = !bar.hasAttribute('data-point') && box.width > 3 * edge && box.right - event.clientX < edge
      this.held = { bar, pointer: event.pointerId, from: event.clientX, end, ...this.place(bar) }
      this.setPointerCapture(event.pointerId)
      bar.classList.add('held')
    }

    private drag(event: PointerEvent): void {
      const held = this.held
      if (!held || event.pointerId !== held.pointer) return
      const lane = held.bar.closest<SVGElement>('.tl-lane')!.getBoundingClientRect()
      const days = Math.round((event.clientX - held.from) / lane.width * this.days())
      this.put(held.bar, held.end ? held.starts : held.starts + days, Math.max(held.ends + days, held.starts + (held.end ? 0 : days)))
    }

    private drop(event: PointerEvent): void {
      const held = this.held
      if (!held || event.pointerId !== held.pointer) return
      this.letGo()
      if (this.move && (this.move.starts !== held.starts || this.move.ends !== held.ends)) void this.save()
    }

    private letGo(): void {
      this.held?.bar.classList.remove('held')
      this.held = undefined
    }

    private key(event: KeyboardEvent): void {
      const bar = (event.target as Element).closest<SVGGElement>('[data-task]')
      if (!bar) return
      if (event.key === 'Enter') { bar.closest('li')?.querySelector<HTMLAnchorElement>('a')?.click(); return }
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
      if (!step) return
      event.preventDefault()
      const { starts, ends } = this.place(bar)
      const endAlone = event.shiftKey && !bar.hasAttribute('data-point')
      this.put(bar, endAlone ? starts : starts + step, endAlone ? Math.max(ends + step, starts) : ends + step)
      kit.whisper((this.dataset.help ?? '').replace('{task}', bar.dataset.name ?? '').replace('{days}', this.spoken(bar)))
      clearTimeout(this.waiting)
      this.waiting = window.setTimeout(() => void this.save(), pause)
    }

    private spoken(bar: SVGGElement): string {
      const write = (days: string): string => new Date(`${days}T00:00:00Z`).toLocaleDateString(document.documentElement.lang, { day: 'numeric', month: 'long', timeZone: 'UTC' })
      const [starts, ends] = [write(bar.dataset.starts!), write(bar.dataset.ends!)]
      return starts === ends ? starts : `${starts} – ${ends}`
    }

    /** place is where a bar is, or will be when its move is saved. */
    private place(bar: SVGGElement): { starts: number; ends: number } {
      if (this.move?.task === bar.dataset.task) return { starts: this.move!.starts, ends: this.move!.ends }
      return { starts: at(bar.dataset.starts!), ends: at(bar.dataset.ends!) }
    }

    /** put shows a bar on other days. */
    private put(bar: SVGGElement, starts: number, ends: number): void {
      if (this.move && this.move.task !== bar.dataset.task) { clearTimeout(this.waiting); void this.save() }
      this.move = { task: bar.dataset.task!, starts, ends, revision: this.move?.task === bar.dataset.task ? this.move!.revision : bar.dataset.revision! }
      bar.dataset.starts = text(starts)
      bar.dataset.ends = text(ends)
      const share = (days: number): string => `${days / this.days() * 100}%`
      const [x, width] = [share(starts - at(this.dataset.first!)), share(ends - starts + 1)]
      for (const part of bar.querySelectorAll('rect, svg')) part.setAttribute('x', x)
      bar.querySelector('.all')?.setAttribute('width', width)
      const done = bar.querySelector('.part')
      if (done && parseFloat(done.getAttribute('width') ?? '0') > parseFloat(width)) done.setAttribute('width', width)
    }

    private async save(): Promise<void> {
      const { move } = this
      const bar = this.querySelector<SVGGElement>(`[data-task="${move?.task}"]`)
      this.move = undefined
      if (!move || !bar) return
      const along = document.querySelector<HTMLInputElement>('#move-along')?.checked ? '1' : ''
      bar.classList.add('saving')
      try {
        const body = new URLSearchParams({ starts: text(move.starts), ends: text(move.ends), revision: move.revision, along })
        const answer = await fetch(bar.dataset.move!, { method: 'POST', headers: { 'HX-Request': 'true', 'X-Requested-With': 'fetch' }, body })
        if (!answer.headers.get('Content-Type')?.startsWith('text/html')) throw new Error(String(answer.status))
        this.show(await answer.text(), move.task)
      } catch {
        bar.classList.remove('saving')
        kit.say(this.dataset.failed ?? '', 'bad')
      }
    }

    /** show puts the plan that the server answered into the page and the focus back on the bar. */
    private show(html: string, task: string): void {
      const part = new DOMParser().parseFromString(html, 'text/html').getElementById('plan')
      const here = document.getElementById('plan')
      if (!part || !here) throw new Error('the answer is no plan')
      const [across, focused] = [this.querySelector('.tl-scroll')?.scrollLeft ?? 0, this.contains(document.activeElement)]
      here.replaceChildren(...part.childNodes)
      const scroll = here.querySelector('.tl-scroll')
      if (scroll) scroll.scrollLeft = across
      if (focused) here.querySelector<SVGGElement>(`[data-task="${task}"]`)?.focus({ preventScroll: true })
      const note = here.querySelector(':scope > .note')
      if (note) kit.whisper(note.textContent ?? '')
    }
  }
  customElements.define('schedule-timeline', ScheduleTimeline)
}
