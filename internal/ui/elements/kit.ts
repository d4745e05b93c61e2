// What the entry hands to the elements that load later. They import it from nowhere else, so that the first view needs
// no shared chunk.
export interface Kit {
  word: (key: string, values?: Record<string, string | number>) => string
  icon: (name: string) => string
  clock: (moment?: Date, timeZone?: string) => string
  say: (text: string, tone?: string) => void
  whisper: (text: string) => void
  newID: () => string
  installer: () => { prompt: () => Promise<unknown> } | undefined
}
