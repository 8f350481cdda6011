import { setImmediate } from 'node:timers/promises'

/** So many are looked at in about a millisecond. */
const SLICE = 10

/** Looks at many things one after the other, between which requests have their turn. */
export class SlicedPass {
  readonly #ids: () => readonly string[]
  readonly #look: (id: string) => void
  #isUnderWay = false
  #isAgainWanted = false

  /** Neither may throw. */
  constructor(ids: () => readonly string[], look: (id: string) => void) {
    this.#ids = ids
    this.#look = look
  }

  /** Begins at once; one that is under way is followed by another. Never rejects. */
  async begin(): Promise<void> {
    this.#isAgainWanted = this.#isUnderWay
    if (this.#isUnderWay) return
    this.#isUnderWay = true
    do {
      this.#isAgainWanted = false
      for (const [place, id] of this.#ids().entries()) {
        if (place > 0 && place % SLICE === 0) await setImmediate()
        this.#look(id)
      }
    } while (this.#isAgainWanted)
    this.#isUnderWay = false
  }
}
