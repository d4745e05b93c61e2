// Rows from a spreadsheet: tab-separated cells, with quotes around those that hold tabs or line breaks.
const ORDER = ['name', 'description', 'quantity', 'unit', 'price', 'tax', 'cost']
const BRIEF = ['name', 'quantity', 'unit', 'price', 'tax', 'cost']

/** columns are the cells that pasted values go to, from the one that has the focus. */
export function columns(from: string, withCost: boolean): string[] {
  const order = (from === 'description' ? ORDER : BRIEF).filter((name) => withCost || name !== 'cost')
  return order.slice(order.indexOf(from))
}

/** pasted reads a sheet; a single value is none, and is left to the browser. */
export function pasted(text: string): string[][] {
  const rows: string[][] = [['']]
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    const row = rows[rows.length - 1]
    const atStart = row[row.length - 1] === ''
    if (quoted && c === '"' && text[i + 1] === '"') { row[row.length - 1] += '"'; i++ }
    else if (quoted && c === '"') quoted = false
    else if (quoted) row[row.length - 1] += c
    else if (c === '"' && atStart) quoted = true
    else if (c === '\t') row.push('')
    else if (c === '\n') rows.push([''])
    else if (c !== '\r') row[row.length - 1] += c
  }
  const filled = rows.map((row) => row.map((value) => value.trim())).filter((row) => row.some((value) => value !== ''))
  return filled.length > 1 || (filled[0]?.length ?? 0) > 1 ? filled : []
}
