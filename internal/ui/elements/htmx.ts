// Loaded only by pages that use hx-* attributes. Settings stand in <meta name="htmx-config">, safe under the CSP.
import 'htmx.org'

// elements that arrive in an answer get their behaviour
document.addEventListener('htmx:after:swap', () => document.dispatchEvent(new CustomEvent('lintel:fresh')))
