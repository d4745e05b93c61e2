// The few parts of the vendored packages that the elements use.
declare module 'signature_pad' {
  interface PointGroup { points: { x: number; y: number; time: number; pressure: number }[] }
  export default class SignaturePad {
    constructor(canvas: HTMLCanvasElement, options?: { penColor?: string; minWidth?: number; maxWidth?: number })
    isEmpty(): boolean
    clear(): void
    toData(): PointGroup[]
    fromData(data: PointGroup[]): void
    addEventListener(type: 'endStroke', listener: () => void): void
  }
}
declare module 'sortablejs' {
  interface SortEvent { item: HTMLElement }
  interface Options { handle?: string; draggable?: string; animation?: number; group?: string; forceFallback?: boolean; fallbackTolerance?: number; onStart?: () => void; onEnd?: (event: SortEvent) => void; onMove?: (event: { related: HTMLElement }) => boolean | void }
  export default class Sortable { constructor(root: HTMLElement, options: Options); destroy(): void }
}
declare module 'htmx.org'
declare module 'text-expander-element'
