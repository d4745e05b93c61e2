// Files that are on their way are kept in this browser (IndexedDB), so that after a reload they go on by themselves.
const MOST = 500 << 20 // larger ones go on when the same file is chosen again

export interface Kept { key: string; file: File; endpoint: string }

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('uploads', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('files', { keyPath: 'key' })
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  try {
    const database = await open()
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction('files', mode)
      const request = act(transaction.objectStore('files'))
      transaction.oncomplete = () => { database.close(); resolve(request.result) }
      transaction.onerror = transaction.onabort = () => { database.close(); reject(transaction.error) }
    })
  } catch {
    return undefined // private windows and full disks: the upload goes on without it
  }
}

export async function keep(kept: Kept): Promise<void> {
  if (kept.file.size <= MOST) await within('readwrite', (store) => store.put(kept))
}

export async function forget(key: string): Promise<void> {
  await within('readwrite', (store) => store.delete(key))
}

/** keptFor gives the files that were on their way to one of these addresses. */
export async function keptFor(endpoints: string[]): Promise<Kept[]> {
  const all = await within<Kept[]>('readonly', (store) => store.getAll())
  return (all ?? []).filter((kept) => endpoints.includes(kept.endpoint) && localStorage.getItem(kept.key))
}
