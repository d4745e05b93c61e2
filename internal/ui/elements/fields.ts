// Fields that need a little more than HTML gives.
import { icon, word } from './words'

class PasswordField extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector('input')
    const button = this.querySelector('button')
    if (!input || !button) return
    button.hidden = false
    button.addEventListener('click', () => {
      const shown = input.type === 'text'
      input.type = shown ? 'password' : 'text'
      button.innerHTML = icon(shown ? 'eye' : 'eye-off')
      button.setAttribute('aria-pressed', String(!shown))
      button.setAttribute('aria-label', word(shown ? 'showPassword' : 'hidePassword'))
      input.focus()
    })
    input.form?.addEventListener('submit', () => { input.type = 'password' })
  }
}

class CodeField extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector('input')
    const cells = [...this.querySelectorAll('i:not(.gap)')]
    if (!input) return
    const draw = () => {
      input.value = input.value.replace(/\D/g, '').slice(0, 6)
      cells.forEach((cell, i) => {
        cell.textContent = input.value[i] ?? ''
        cell.classList.toggle('now', document.activeElement === input && i === input.value.length)
      })
    }
    for (const name of ['input', 'focus', 'blur']) input.addEventListener(name, draw)
    const toEnd = () => input.setSelectionRange(input.value.length, input.value.length)
    input.addEventListener('focus', () => setTimeout(toEnd))
    input.addEventListener('click', toEnd) // the drawn cursor stands at the end
    draw()
  }
}

class QuantityField extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector('input')
    this.addEventListener('click', (event) => {
      const step = (event.target as Element).closest<HTMLElement>('[data-step]')?.dataset.step
      if (!input || !step) return
      if (input.step === 'any') input.value = String(nextTo(input, Number(step))) // a browser steps only by a step that is set
      else if (step === '1') input.stepUp()
      else input.stepDown()
      input.dispatchEvent(new Event('input', { bubbles: true }))
      input.dispatchEvent(new Event('change', { bubbles: true }))
    })
  }
}

/** nextTo is one more or one less, within what the field allows. */
function nextTo(input: HTMLInputElement, by: number): number {
  const wanted = Math.round(Number(input.value) * 10_000 + by * 10_000) / 10_000
  return Math.min(Math.max(wanted, input.min === '' ? -Infinity : Number(input.min)), input.max === '' ? Infinity : Number(input.max))
}

customElements.define('password-field', PasswordField)
customElements.define('code-field', CodeField)
customElements.define('quantity-field', QuantityField)
