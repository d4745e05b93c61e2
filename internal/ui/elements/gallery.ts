// <photo-gallery>: one full-screen viewer for pictures and video; arrows, swipe, Escape. It is made on first use.
import type { Kit } from './kit'

let icon: Kit['icon']
let word: Kit['word']

interface Viewer { dialog: HTMLDialogElement; show: (links: HTMLAnchorElement[], index: number) => void }
let viewer: Viewer | undefined

class PhotoGallery extends HTMLElement {
  connectedCallback(): void {
    this.addEventListener('click', (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-picture]')
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return
      event.preventDefault()
      const links = [...this.querySelectorAll<HTMLAnchorElement>('a[data-picture]')]
      viewer ??= makeViewer()
      viewer.show(links, links.indexOf(link))
    })
  }
}

function makeViewer(): Viewer {
  const dialog = document.createElement('dialog')
  dialog.className = 'viewer'
  dialog.innerHTML = `<div class="viewer-bar"><p class="small" aria-live="polite"></p><button class="btn icon" type="button" data-way="0">${icon('x')}</button></div>
    <div class="viewer-stage"></div>
    <button class="btn icon viewer-prev" type="button" data-way="-1">${icon('chevron-left')}</button><button class="btn icon viewer-next" type="button" data-way="1">${icon('chevron-right')}</button>`
  document.body.append(dialog)
  const stage = dialog.querySelector<HTMLElement>('.viewer-stage')!
  const line = dialog.querySelector('p')!
  const [close, previous, next] = dialog.querySelectorAll<HTMLButtonElement>('[data-way]')
  for (const [button, key] of [[close, 'close'], [previous, 'previous'], [next, 'next']] as const) button.setAttribute('aria-label', word(key))
  let links: HTMLAnchorElement[] = []
  let index = 0

  const draw = () => {
    const link = links[index]
    const text = link.dataset.text ?? ''
    stage.replaceChildren(link.dataset.picture === 'video' ? video(link) : image(link, text))
    const place = links.length > 1 ? word('pictureOf', { n: index + 1, total: links.length }) : ''
    dialog.setAttribute('aria-label', line.textContent = [text, place].filter(Boolean).join(' · '))
    previous.hidden = next.hidden = links.length < 2
    if (links.length > 1) new Image().src = nextPicture(links, index)
  }
  const go = (way: number) => { index = (index + way + links.length) % links.length; draw() }

  dialog.addEventListener('click', (event) => {
    const way = (event.target as Element).closest<HTMLElement>('[data-way]')?.dataset.way
    if (way === '0' || event.target === stage) dialog.close()
    else if (way) go(Number(way))
  })
  dialog.addEventListener('keydown', (event) => {
    const forward = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    if (event.target instanceof HTMLVideoElement) return
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') go(event.key === forward ? 1 : -1)
    if (event.key === 'Home') go(-index)
    if (event.key === 'End') go(links.length - 1 - index)
  })
  swipe(dialog, (way) => go(document.documentElement.dir === 'rtl' ? -way : way))
  dialog.addEventListener('close', () => { stage.replaceChildren(); links[index]?.focus() })
  return { dialog, show: (list, at) => { links = list; index = at; draw(); dialog.showModal() } }
}

function nextPicture(links: HTMLAnchorElement[], index: number): string {
  const link = links[(index + 1) % links.length]
  return link.dataset.picture === 'video' ? link.querySelector('img')?.src ?? '' : link.href
}

function image(link: HTMLAnchorElement, text: string): HTMLImageElement {
  const img = new Image(Number(link.dataset.width) || undefined, Number(link.dataset.height) || undefined)
  img.src = link.href
  img.alt = text
  return img
}

function video(link: HTMLAnchorElement): HTMLVideoElement {
  const element = document.createElement('video')
  Object.assign(element, { src: link.href, poster: link.dataset.poster ?? '', controls: true, autoplay: true, playsInline: true })
  return element
}

function swipe(place: HTMLElement, go: (way: number) => void): void {
  let start: Touch | undefined
  place.addEventListener('touchstart', (event) => { start = event.touches.length === 1 ? event.touches[0] : undefined }, { passive: true })
  place.addEventListener('touchend', (event) => {
    const end = event.changedTouches[0]
    if (!start || !end) return
    const x = end.clientX - start.clientX
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(end.clientY - start.clientY)) go(x < 0 ? 1 : -1)
  })
}

/** define is called by the entry once this code has arrived. */
export function define(kit: Kit): void {
  ({ icon, word } = kit)
  customElements.define('photo-gallery', PhotoGallery)
}
