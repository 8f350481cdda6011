/** Calls a listener when its release has changed. */
export class Watchers {
  readonly #listeners = new Map<string, Set<() => void>>()

  /** Listens to one release; returns what ends it. A listener must not throw. */
  add(releaseId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(releaseId) ?? new Set()
    this.#listeners.set(releaseId, listeners)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(releaseId)
    }
  }

  tell(releaseId: string): void {
    for (const listener of [...(this.#listeners.get(releaseId) ?? [])]) listener()
  }
}
