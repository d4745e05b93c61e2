// Messages that are shown for a while and spoken politely.
const region = document.getElementById('live')

export function say(text: string, tone = ''): void {
  if (!region || !text) return
  const toast = document.createElement('p')
  toast.className = `toast ${tone}`
  toast.textContent = text
  region.append(toast)
  // sixty files that arrive at once are spoken one by one, but must not hide the page
  while (region.querySelectorAll('.toast').length > 3) region.querySelector('.toast')?.remove()
  // five seconds, and longer for longer sentences (WCAG 2.2.1: nothing here is needed to go on)
  setTimeout(() => toast.remove(), 5000 + text.length * 40)
}

/** whisper is only for those who listen. */
export function whisper(text: string): void {
  if (!region) return
  const line = document.createElement('p')
  line.className = 'sr'
  line.textContent = text
  region.append(line)
  setTimeout(() => line.remove(), 4000)
}

export function sayWaiting(root: ParentNode): void {
  for (const template of root.querySelectorAll<HTMLTemplateElement>('template[data-toast]')) {
    const { toast } = template.dataset
    const text = template.content.textContent ?? ''
    template.remove()
    // a live region speaks what changes after it was there
    setTimeout(() => say(text, toast), 150)
  }
}
