// The picture of a film or of a phone's photo (HEIC), drawn by this browser while the file is on its way: the server has no
// decoder for them, and takes the picture as the file's preview. A browser that cannot draw it either sends none.
const SIDE = 1600
const PATIENCE = 15_000

/** poster draws what a file shows; undefined for what the server draws itself, and when it cannot be drawn. */
export async function poster(file: File): Promise<Blob | undefined> {
  const draw = drawerOf(file)
  if (!draw) return undefined
  const late = new Promise<undefined>((resolve) => { setTimeout(resolve, PATIENCE) })
  try { return await Promise.race([draw(file), late]) } catch { return undefined }
}

function drawerOf(file: File): ((file: File) => Promise<Blob | undefined>) | undefined {
  if (file.type.startsWith('video/') || /\.(mp4|m4v|mov|webm)$/i.test(file.name)) return frameOf
  if (/^image\/(hei[cf]|avif)/.test(file.type) || /\.(hei[cf]|avif)$/i.test(file.name)) return still
  return undefined
}

async function still(file: File): Promise<Blob | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined)
  if (bitmap) return jpeg(bitmap, bitmap.width, bitmap.height)
  return within(file, async (address) => { // some browsers draw in a page what they make no bitmap of
    const image = new Image()
    image.src = address
    await image.decode()
    return jpeg(image, image.naturalWidth, image.naturalHeight)
  })
}

/** frameOf draws a film a second after its beginning, or sooner when it is short. */
function frameOf(file: File): Promise<Blob | undefined> {
  return within(file, async (address) => {
    const film = document.createElement('video')
    Object.assign(film, { muted: true, playsInline: true, preload: 'auto', src: address })
    await event(film, 'loadeddata')
    if (Number.isFinite(film.duration) && film.duration > 0) {
      const there = event(film, 'seeked')
      film.currentTime = Math.min(1, film.duration / 10)
      await there
    }
    const drawn = await jpeg(film, film.videoWidth, film.videoHeight)
    film.removeAttribute('src')
    film.load() // lets go of the file
    return drawn
  })
}

function event(film: HTMLVideoElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    film.addEventListener(name, () => resolve(), { once: true })
    film.addEventListener('error', () => reject(film.error), { once: true })
  })
}

async function within(file: File, draw: (address: string) => Promise<Blob | undefined>): Promise<Blob | undefined> {
  const address = URL.createObjectURL(file)
  try { return await draw(address) } finally { URL.revokeObjectURL(address) }
}

function jpeg(source: CanvasImageSource, width: number, height: number): Promise<Blob | undefined> {
  const scale = Math.min(1, SIDE / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const pen = canvas.getContext('2d')
  if (!pen || !width) return Promise.resolve(undefined)
  pen.drawImage(source, 0, 0, canvas.width, canvas.height)
  return new Promise((resolve) => { canvas.toBlob((blob) => resolve(blob ?? undefined), 'image/jpeg', 0.82) })
}
