import net, { type Socket } from 'node:net'

/** A conversation by hand on one connection. Text is latin1: one character per byte. */
export class RawConnection {
  readonly socket: Socket
  /** All that came back so far. */
  text = ''
  /** The other side ended or reset the connection. */
  isClosed = false
  readonly #watchers = new Set<() => void>()

  constructor(port: number, options: { allowHalfOpen?: boolean; localAddress?: string } = {}) {
    this.socket = net.connect({ port, host: '127.0.0.1', ...options })
    this.socket.setNoDelay(true)
    this.socket.setEncoding('latin1')
    this.socket.on('data', (chunk) => {
      this.text += chunk
      this.#changed()
    })
    this.socket.on('error', () => {})
    for (const event of ['end', 'close']) {
      this.socket.on(event, () => {
        this.isClosed = true
        this.#changed()
      })
    }
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Waits until the condition holds; fails after `timeoutMs` with what came back until then. */
  until(condition: (connection: this) => boolean, timeoutMs = 15_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!condition(this)) return
        clearTimeout(timer)
        this.#watchers.delete(check)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#watchers.delete(check)
        const state = this.isClosed ? 'closed' : 'open'
        reject(new Error(`not in ${timeoutMs} ms; ${state}, got ${JSON.stringify(this.text)}`))
      }, timeoutMs)
      this.#watchers.add(check)
      check()
    })
  }

  untilText(part: string): Promise<void> {
    return this.until(({ text }) => text.includes(part))
  }

  untilClosed(): Promise<void> {
    return this.until(({ isClosed }) => isClosed)
  }

  destroy(): void {
    this.socket.destroy()
  }

  #changed(): void {
    for (const check of [...this.#watchers]) check()
  }
}

/** Status codes of the answers in a text, in their order. */
export function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]))
}
