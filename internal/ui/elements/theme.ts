// Light or dark: a click decides against the device's wish; the cookie lets the server render it at once.
const root = document.documentElement
const chosen = /(?:^|; )theme=(light|dark)/.exec(document.cookie)?.[1]
if (chosen && !root.dataset.theme) root.dataset.theme = chosen

export function toggleTheme(): void {
  const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme:dark)').matches
  root.dataset.theme = dark ? 'light' : 'dark'
  const secure = location.protocol === 'https:' ? ';secure' : ''
  document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax${secure}`
}
