// Dialogs: opened by data-open, closed by data-close, the backdrop, Escape, or pulling the sheet down on a phone.
export function openDialog(id: string): void {
  const dialog = document.getElementById(id)
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return
  const behind = document.querySelector<HTMLDialogElement>('dialog.dlg[open]')
  if (behind) behind.close()
  dialog.showModal()
  dialog.querySelector<HTMLElement>('[autofocus], [aria-invalid=true]')?.focus()
  dialog.dispatchEvent(new CustomEvent('lintel:open', { bubbles: true }))
}

export function dialogClick(event: MouseEvent): void {
  const target = event.target as Element
  const opener = target.closest<HTMLElement>('[data-open]')
  if (opener) {
    const id = opener.dataset.open ?? ''
    if (document.getElementById(id) instanceof HTMLDialogElement) event.preventDefault()
    opener.closest<HTMLElement>('.row-menu')?.hidePopover() // so that the focus comes back to the button of the menu
    openDialog(id)
    return
  }
  if (target.closest('[data-close]')) {
    event.preventDefault()
    target.closest('dialog')?.close()
  } else if (target instanceof HTMLDialogElement && target.classList.contains('dlg') && outside(target, event)) {
    target.close()
  }
}

function outside(dialog: HTMLDialogElement, { clientX: x, clientY: y }: MouseEvent): boolean {
  const box = dialog.getBoundingClientRect()
  return (x || y) !== 0 && (x < box.left || x > box.right || y < box.top || y > box.bottom)
}

export function openNow(root: ParentNode): void {
  for (const dialog of root.querySelectorAll<HTMLDialogElement>('dialog[data-open-now]')) openDialog(dialog.id)
}

/** Pulling the head of a sheet down by a fifth of its height closes it. */
export function pullToClose(event: PointerEvent): void {
  const target = event.target as Element
  const dialog = target.closest<HTMLDialogElement>('dialog.dlg')
  const handle = target.closest('.grab, .dlg-h, .sheet-h')
  if (!dialog || !handle || target.closest('button') || event.pointerType === 'mouse' || innerWidth > 860) return
  const start = event.clientY
  const move = (e: PointerEvent) => { dialog.style.translate = `0 ${Math.max(0, e.clientY - start)}px` }
  const end = (e: PointerEvent) => {
    removeEventListener('pointermove', move)
    removeEventListener('pointerup', end)
    removeEventListener('pointercancel', end)
    dialog.style.translate = ''
    if (e.type === 'pointerup' && e.clientY - start > dialog.offsetHeight / 5) dialog.close()
  }
  addEventListener('pointermove', move)
  addEventListener('pointerup', end)
  addEventListener('pointercancel', end)
}
