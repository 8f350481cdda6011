/** Most causes that are remembered; one more and all are told anew. */
const MAX_CAUSES = 1000

/** Says a failure that repeats each second once, and again when it has another cause or was over in between. */
export class OncePerCause {
  readonly #causes = new Map<string, string>()
  readonly #say: (subject: string, error: unknown) => void

  constructor(say: (subject: string, error: unknown) => void) {
    this.#say = say
  }

  failed(subject: string, error: unknown): void {
    const cause = error instanceof Error ? error.message : String(error)
    if (this.#causes.get(subject) === cause) return
    if (this.#causes.size >= MAX_CAUSES) this.#causes.clear()
    this.#causes.set(subject, cause)
    this.#say(subject, error)
  }

  succeeded(subject: string): void {
    this.#causes.delete(subject)
  }
}
