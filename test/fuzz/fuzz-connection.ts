import net, { type Socket } from 'node:net'

/** A call as it goes over the wire; the body may be any bytes. */
export interface FuzzCall {
  readonly method: string
  readonly path: string
  /** Null sends no Content-Type. */
  readonly contentType: string | null
  readonly body: Buffer
}

export interface FuzzAnswer {
  readonly status: number
  readonly requestId: string
  readonly text: string
  /** From the first byte sent to the last one received. */
  readonly elapsedMs: number
}

/** The call as a person can repeat it, cut when it is long. */
export function describeCall({ method, path, contentType, body }: FuzzCall): string {
  const text = JSON.stringify(body.toString('latin1'))
  const shown = text.length > 1000 ? `${text.slice(0, 1000)}… (${body.length} bytes)` : text
  return `${method} ${path}, Content-Type ${contentType}, body ${shown}`
}

/** One kept connection that carries one call after the other, with as little work of its own as possible. */
export class FuzzConnection {
  readonly #socket: Socket
  #received: Buffer = EMPTY
  #waiting: { resolve(answer: FuzzAnswer): void; reject(error: Error): void } | null = null
  #sentAtMs = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed the connection')))
  }

  static connect(port: number): Promise<FuzzConnection> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new FuzzConnection(socket))
      })
    })
  }

  /** Sends a call; rejects when the connection is lost, which no body may cause. */
  ask({ method, path, contentType, body }: FuzzCall): Promise<FuzzAnswer> {
    const type = contentType === null ? '' : `content-type: ${contentType}\r\n`
    const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${this.#socket.remotePort}\r\n${type}content-length: ${body.length}\r\n\r\n`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#sentAtMs = performance.now()
      this.#socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]))
    })
  }

  close(): void {
    this.#waiting = null
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#received.toString('latin1', 0, end)
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    const total = end + 4 + length
    if (this.#received.length < total) return
    const text = this.#received.toString('utf8', end + 4, total)
    this.#received = this.#received.subarray(total)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve({
      status: Number(head.slice(9, 12)),
      requestId: /\r\nx-kong-admin-request-id: *(\w+)/i.exec(head)?.[1] ?? '',
      text,
      elapsedMs: performance.now() - this.#sentAtMs,
    })
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.reject(error)
  }
}

const EMPTY = Buffer.alloc(0)
