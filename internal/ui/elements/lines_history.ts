// Undo and redo of rows: states of the whole table, as a person changed them.
import type { LineEditor } from './lines'

const DEPTH = 60

interface State { html: string; values: string[] }

export class History {
  private past: State[] = []
  private future: State[] = []
  private resting?: State

  constructor(private editor: LineEditor) {}

  /** note remembers how things stood when a cell was entered, so that typing can be undone as one step. */
  note(): void {
    const now = this.read()
    if (this.resting && !equal(this.resting, now)) { this.past.push(this.resting); this.future = []; this.trim() }
    this.resting = now
  }

  /** keep is called before rows change. */
  keep(): void {
    this.past.push(this.read())
    this.future = []
    this.resting = undefined
    this.trim()
  }

  step(way: -1 | 1): boolean {
    this.note() // what was just typed or ticked is a step of its own
    const now = this.read()
    const from = way < 0 ? this.past : this.future
    let to = from.pop()
    while (to && equal(to, now)) to = from.pop()
    if (!to) return false
    const other = way < 0 ? this.future : this.past
    other.push(now)
    this.write(to)
    return true
  }

  private trim(): void { if (this.past.length > DEPTH) this.past.shift() }

  private fields(): HTMLInputElement[] {
    return [...this.editor.querySelectorAll<HTMLInputElement>('tbody input, tbody textarea, tbody select')]
  }

  /** read leaves out what dragging writes on rows. */
  private read(): State {
    const html = this.editor.groups.map((group) => group.outerHTML).join('')
    return { html: html.replace(/ (style|draggable)="[^"]*"/g, ''), values: this.fields().map(stateOf) }
  }

  private write(state: State): void {
    const holder = document.createElement('template')
    holder.innerHTML = `<table>${state.html}</table>`
    const name = (document.activeElement as HTMLInputElement | null)?.name
    for (const group of this.editor.groups) group.remove()
    this.editor.querySelector('table')!.append(...holder.content.querySelectorAll('tbody'))
    this.fields().forEach((input, i) => setState(input, state.values[i] ?? ''))
    this.editor.changed()
    this.resting = undefined
    if (name) this.editor.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`)?.focus()
    else this.editor.querySelector<HTMLElement>('.nm')?.focus()
  }
}

const ticked = (input: HTMLInputElement): boolean => ['checkbox', 'radio'].includes(input.type)

/** stateOf is what a person set in a field: its text, or whether it is ticked. */
function stateOf(input: HTMLInputElement): string {
  return ticked(input) ? String(input.checked) : input.value
}

function setState(input: HTMLInputElement, state: string): void {
  if (ticked(input)) input.checked = state === 'true'
  else input.value = state
}

/** equal compares what people set, and with the hidden ids the order of the rows; not the figures that the server writes. */
function equal(a: State, b: State): boolean {
  return a.values.length === b.values.length && a.values.every((value, i) => value === b.values[i])
}
