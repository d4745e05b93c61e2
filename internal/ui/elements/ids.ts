// Ids as the server makes them, for things that begin in the browser.

/** newID is a UUIDv7 in the form that the server uses: 26 letters and digits of lower-case base32. */
export function newID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  let time = Date.now()
  for (let i = 5; i >= 0; i--) { bytes[i] = time % 256; time = Math.floor(time / 256) }
  bytes[6] = (bytes[6] & 0x0f) | 0x70
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return base32(bytes)
}

function base32(bytes: Uint8Array): string {
  const letters = '0123456789abcdefghijklmnopqrstuv'
  let bits = 0
  let held = 0
  let text = ''
  for (const byte of bytes) {
    held = (held << 8) | byte
    bits += 8
    while (bits >= 5) { text += letters[(held >> (bits - 5)) & 31]; bits -= 5 }
    held &= (1 << bits) - 1
  }
  return bits > 0 ? text + letters[(held << (5 - bits)) & 31] : text
}
