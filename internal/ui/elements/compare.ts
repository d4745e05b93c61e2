// <before-after>: the second picture lies over the first as far as the slider says. Arrow keys move it, as any slider.
class BeforeAfter extends HTMLElement {
  connectedCallback(): void {
    const slider = this.querySelector('input')
    if (!slider) return
    const cut = () => this.style.setProperty('--cut', `${slider.value}%`)
    slider.addEventListener('input', cut)
    cut()
  }
}

/** define is called by the entry once this code has arrived. */
export function define(): void { customElements.define('before-after', BeforeAfter) }
