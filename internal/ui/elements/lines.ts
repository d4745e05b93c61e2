// <line-editor>: the table of money lines behaves like a sheet. The server counts; this only moves rows and cells.
import { History } from './lines_history'
import type Sortable from 'sortablejs'
import { columns, pasted } from './lines_paste'
import type { Kit } from './kit'

let newID: Kit['newID']
let say: Kit['say']
let whisper: Kit['whisper']
let word: Kit['word']

const CELL = '[data-cell]'

export class LineEditor extends HTMLElement {
  private table = this.querySelector('table')!
  private history = new History(this)
  private sortable?: typeof Sortable
  private withDragging = new WeakSet<Element>()

  connectedCallback(): void {
    this.addEventListener('keydown', (event) => this.key(event))
    this.addEventListener('click', (event) => this.onClick(event))
    this.addEventListener('paste', (event) => this.paste(event))
    this.addEventListener('focusin', () => this.history.note())
    this.addEventListener('change', (event) => this.onChange(event.target as HTMLInputElement))
    this.closest('form')?.addEventListener('click', (event) => this.addGroup(event))
    document.addEventListener('lintel:fresh', () => this.mark())
    this.loadDragging()
  }

  get rows(): HTMLTableRowElement[] { return [...this.querySelectorAll<HTMLTableRowElement>('tr[data-line-id]')] }
  get groups(): HTMLTableSectionElement[] { return [...this.table.tBodies] }

  // --- changing rows ---

  addLine(group: HTMLElement, after?: Element | null): HTMLTableRowElement {
    this.history.keep()
    const row = this.fresh<HTMLTableRowElement>('template[data-line]', 'tr')
    const add = group.querySelector('tr[data-add]')
    if (after) after.after(row)
    else group.insertBefore(row, add)
    this.changed()
    return row
  }

  private onChange(field: HTMLInputElement): void {
    if (field.matches('[data-add-name]')) this.addFromName(field)
    if (field.matches('.nm')) rename(field.closest<HTMLElement>('[data-line-id], [data-group-id]'))
  }

  private fresh<T extends HTMLElement>(template: string, tag: string, id = newID()): T {
    const source = this.querySelector<HTMLTemplateElement>(template)!.content.querySelector<T>(tag)!
    const html = source.outerHTML.replaceAll('NEW', escapeID(id))
    const holder = document.createElement('template')
    holder.innerHTML = tag === 'tr' ? `<table><tbody>${html}</tbody></table>` : `<table>${html}</table>`
    return holder.content.querySelector<T>(tag)!
  }

  duplicate(row: HTMLTableRowElement): void {
    const copy = this.addLine(row.closest('tbody')!, row)
    for (const cell of row.querySelectorAll<HTMLInputElement>(CELL)) field(copy, cell.dataset.cell!)!.value = cell.value
    this.changed()
    field(copy, 'name')?.focus()
  }

  removeRow(row: HTMLElement): void {
    this.history.keep()
    const name = nameOf(row)
    const next = row.nextElementSibling?.querySelector<HTMLElement>('input:not([type=hidden])')
    row.remove()
    this.changed()
    next?.focus()
    say(word('removed', { name }))
  }

  /** move takes a row over its neighbour, and over the edge of its group into the next. */
  move(row: HTMLElement, way: -1 | 1): void {
    this.history.keep()
    if (row instanceof HTMLTableSectionElement) {
      const neighbour = this.groups[this.groups.indexOf(row) + way]
      if (way < 0) neighbour?.before(row)
      else neighbour?.after(row)
    } else {
      this.moveLine(row, way)
    }
    this.changed()
    row.classList.add('moved')
    row.addEventListener('animationend', () => row.classList.remove('moved'), { once: true })
    const place = (row instanceof HTMLTableSectionElement ? this.groups.indexOf(row) : this.rows.indexOf(row as HTMLTableRowElement)) + 1
    whisper(word('moved', { name: nameOf(row), place }))
  }

  private moveLine(row: HTMLElement, way: -1 | 1): void {
    const group = row.closest('tbody')!
    const neighbour = way < 0 ? row.previousElementSibling : row.nextElementSibling
    if (neighbour?.matches('[data-line-id]')) {
      if (way < 0) neighbour.before(row)
      else neighbour.after(row)
      return
    }
    const other = this.groups[this.groups.indexOf(group) + way]
    if (!other) return
    if (way < 0) other.querySelector('tr[data-add]')?.before(row)
    else other.querySelector('tr.g')?.after(row)
  }

  private addGroup(event: MouseEvent): void {
    const button = (event.target as Element).closest<HTMLElement>('[data-add-group]')
    if (!button || button.dataset.addGroup !== this.id) return
    event.preventDefault()
    this.history.keep()
    const group = this.fresh<HTMLTableSectionElement>('template[data-group]', 'tbody')
    group.querySelector<HTMLInputElement>('[name$=".kind"]')!.value = button.dataset.kind ?? ''
    this.table.append(group)
    this.changed()
    group.querySelector<HTMLElement>('.g-nm')?.focus()
  }

  private addFromName(input: HTMLInputElement): void {
    if (!input.value.trim()) return
    const row = this.addLine(input.closest('tbody')!)
    field(row, 'name')!.value = input.value
    input.value = ''
    this.changed()
    const quantity = field(row, 'quantity')
    quantity?.focus()
    quantity?.select() // typing takes the place of the 1 that stands there
  }

  /** changed numbers all fields in the order of the page and tells the form. */
  changed(): void {
    this.groups.forEach((group, g) => {
      for (const input of group.querySelectorAll<HTMLInputElement>('[name^="group."]')) input.name = input.name.replace(/^group\.\d+\./, `group.${g}.`)
    })
    this.rows.forEach((row, n) => {
      for (const input of row.querySelectorAll<HTMLInputElement>('[name^="line."]')) {
        input.name = input.name.replace(/^line\.\d+\./, `line.${n}.`)
        if (input.name.endsWith('.group')) input.value = row.closest('tbody')!.dataset.groupId ?? ''
      }
      rename(row)
    })
    this.attachDragging()
    this.dispatchEvent(new Event('change', { bubbles: true }))
  }

  /** mark shows at the cells what an autosave's answer says about them: it brings sentences, and leaves the cells alone. */
  private mark(): void {
    for (const cell of this.querySelectorAll(`${CELL}[aria-invalid]`)) {
      cell.removeAttribute('aria-invalid')
      cell.removeAttribute('aria-describedby')
    }
    for (const row of this.rows) {
      for (const sentence of row.querySelectorAll('.tags > .err[id]')) {
        const cell = field(row, sentence.id.slice(`line-${row.dataset.lineId}-`.length, -'-error'.length))
        cell?.setAttribute('aria-invalid', 'true')
        cell?.setAttribute('aria-describedby', sentence.id)
      }
    }
  }

  // --- keyboard, mouse, clipboard ---

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement
    const row = target.closest<HTMLTableRowElement>('tr[data-line-id]')
    const command = event.ctrlKey || event.metaKey
    if (target.matches('[data-add-name]') && event.key === 'Enter') {
      event.preventDefault()
      this.addFromName(target as HTMLInputElement)
    } else if (command && event.key.toLowerCase() === 'z' && this.history.step(event.shiftKey ? 1 : -1)) {
      event.preventDefault()
      whisper(word('undone'))
    } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const what = row ?? target.closest<HTMLElement>('tr.g')?.closest('tbody')
      if (!what) return
      event.preventDefault()
      this.move(what, event.key === 'ArrowUp' ? -1 : 1)
      target.focus()
    } else if (row) {
      this.keyInRow(event, target, row, command)
    } else if (event.key === 'Enter' && target.matches('.g-nm')) {
      event.preventDefault()
      const first = target.closest('tbody')!.querySelector<HTMLElement>('tr[data-line-id] .nm, [data-add-name]')
      first?.focus()
    }
  }

  private keyInRow(event: KeyboardEvent, target: HTMLElement, row: HTMLTableRowElement, command: boolean): void {
    if (event.key === 'Enter' && !event.shiftKey && target.matches(CELL)) {
      event.preventDefault()
      field(this.addLine(row.closest('tbody')!, row), 'name')?.focus()
    } else if (command && event.key.toLowerCase() === 'd') {
      event.preventDefault()
      this.duplicate(row)
    } else if (command && (event.key === 'ArrowUp' || event.key === 'ArrowDown') && target.dataset.cell) {
      event.preventDefault()
      const rows = this.rows
      const next = rows[rows.indexOf(row) + (event.key === 'ArrowUp' ? -1 : 1)]
      if (next) field(next, target.dataset.cell)?.select()
    }
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement
    const act = target.closest<HTMLButtonElement>('[data-act]')
    if (act) {
      event.preventDefault()
      act.closest<HTMLElement>('[popover]')?.hidePopover()
      const row = act.closest<HTMLElement>('tr[data-line-id]') ?? act.closest<HTMLElement>('tbody')
      if (row) this.act(act.dataset.act ?? '', row)
      return
    }
    const add = target.closest('[data-add-line]')
    if (add) field(this.addLine(add.closest('tbody')!), 'name')?.focus()
  }

  private act(what: string, row: HTMLElement): void {
    if (what === 'up') this.move(row, -1)
    if (what === 'down') this.move(row, 1)
    if (what === 'duplicate') this.duplicate(row as HTMLTableRowElement)
    if (what === 'delete') this.removeRow(row)
  }

  /** paste of more than one cell fills cells to the right and down, and makes the lines that are missing. */
  private paste(event: ClipboardEvent): void {
    const target = event.target as HTMLInputElement
    const sheet = pasted(event.clipboardData?.getData('text/plain') ?? '')
    const adding = target.matches('[data-add-name]')
    if (sheet.length === 0 || !(adding || target.matches(CELL))) return
    event.preventDefault()
    this.history.keep()
    let row = adding ? this.addLine(target.closest('tbody')!) : target.closest<HTMLTableRowElement>('tr[data-line-id]')!
    const cells = columns(adding ? 'name' : target.dataset.cell!, field(row, 'cost') !== null)
    sheet.forEach((values, i) => {
      if (i > 0) {
        const next = row.nextElementSibling
        row = next?.matches('[data-line-id]') && !adding ? (next as HTMLTableRowElement) : this.addLine(row.closest('tbody')!, row)
      }
      values.forEach((value, c) => { const cell = cells[c] && field(row, cells[c]); if (cell) cell.value = value })
    })
    this.changed()
  }

  /** rebuild makes the rows that a kept copy of the form names; <autosave-form> fills them. */
  rebuild(pairs: [string, string][]): void {
    const get = new Map(pairs)
    this.history.keep()
    for (const group of this.groups) group.remove()
    for (let g = 0; get.has(`group.${g}.id`); g++) {
      this.table.append(this.fresh('template[data-group]', 'tbody', get.get(`group.${g}.id`)))
    }
    for (let n = 0; get.has(`line.${n}.id`); n++) {
      const group = this.groups.find((one) => one.dataset.groupId === get.get(`line.${n}.group`)) ?? this.groups[0]
      const row = this.fresh('template[data-line]', 'tr', get.get(`line.${n}.id`))
      group?.insertBefore(row, group.querySelector('tr[data-add]'))
    }
    this.changed()
  }

  private async loadDragging(): Promise<void> {
    if (!matchMedia('(pointer:fine)').matches && innerWidth < 861) return // on a phone the menu moves lines
    this.sortable = (await import('sortablejs')).default
    new this.sortable(this.table, { ...this.dragging, handle: '[data-grip=group]', draggable: 'tbody' })
    this.attachDragging()
  }

  private get dragging() {
    // The row that is taken up must have no style attribute: it is cloned, and the security policy refuses one.
    const onChoose = (event: { item: HTMLElement }): void => { event.item.removeAttribute('style'); this.history.keep() }
    return { animation: 120, onChoose, onEnd: () => this.changed() }
  }

  /** attachDragging also takes in groups that were added or brought back since. */
  private attachDragging(): void {
    if (!this.sortable) return
    for (const group of this.groups) {
      if (this.withDragging.has(group)) continue
      this.withDragging.add(group)
      new this.sortable(group, { ...this.dragging, handle: '[data-grip=line]', draggable: 'tr[data-line-id]', group: this.id, onMove: (event) => !event.related.matches('.g, .st') })
    }
  }
}

export function field(row: ParentNode, name: string): HTMLInputElement | null {
  return row.querySelector<HTMLInputElement>(`[data-cell="${name}"]`)
}

function nameOf(row: HTMLElement): string {
  return row.querySelector<HTMLInputElement>('.nm')?.value ?? ''
}

/** rename lets the spoken names of a row's or group's cells and buttons say what it is called now. */
function rename(row: HTMLElement | null): void {
  const field = row?.querySelector<HTMLInputElement>('.nm')
  const was = row?.dataset.named ?? field?.defaultValue ?? ''
  if (!row || !field || field.value === was) return
  const parts = row.matches('tbody') ? row.querySelectorAll('tr.g :is(.grip, .row-more), [data-add-name]') : row.querySelectorAll('td > :is(.cell, .grip, .row-more)')
  for (const part of parts) {
    const label = part.getAttribute('aria-label') ?? ''
    const spoken = (was && label.endsWith(was) ? label.slice(0, -was.length) : label).replace(/[, ]+$/, '')
    part.setAttribute('aria-label', field.value ? `${spoken}${part.matches('.cell') ? ',' : ''} ${field.value}` : spoken)
  }
  if (row.matches('tbody')) row.setAttribute('aria-label', field.value)
  row.dataset.named = field.value
}

/** An id comes back from a kept copy, so only letters and digits of it may enter HTML. */
function escapeID(id: string): string { return id.replace(/[^\w-]/g, '') }

/** define is called by the entry once this code has arrived. */
export function define(kit: Kit): void {
  ({ newID, say, whisper, word } = kit)
  customElements.define('line-editor', LineEditor)
}
