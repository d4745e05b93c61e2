// The reader's words, written by ui.Page into <body data-words>.
const all: Record<string, string> = JSON.parse(document.body.dataset.words ?? '{}')

/** word gives a translated text with its {names} filled in. */
export function word(key: string, values: Record<string, string | number> = {}): string {
  return (all[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole))
}

/** icon makes a symbol of the sprite. */
export function icon(name: string): string {
  return `<svg class="i" aria-hidden="true"><use href="${document.body.dataset.icons}#${name}"></use></svg>`
}

/** clock is the time of day as this reader writes it, in the firm's zone where the page names it, as the server does. */
export function clock(moment = new Date(), timeZone?: string): string {
  return moment.toLocaleTimeString(document.documentElement.lang, { hour: 'numeric', minute: '2-digit', timeZone })
}
