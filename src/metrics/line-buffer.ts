/** How long a line may wait for others. */
const WAIT_MS = 50
/** Characters that are written without waiting any longer. */
const ENOUGH = 32 * 1024

/** Gathers lines, so that many requests share one write: handing over each by itself costs four times the line. */
export class LineBuffer {
  readonly #write: (text: string) => void
  #text = ''
  #timer: NodeJS.Timeout | null = null

  /** `write` gets whole lines. */
  constructor(write: (text: string) => void) {
    this.#write = write
  }

  append(line: string): void {
    this.#text += line
    if (this.#text.length >= ENOUGH) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS)
  }

  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const text = this.#text
    this.#text = ''
    if (text !== '') this.#write(text)
  }
}
