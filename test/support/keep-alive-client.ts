import net, { type Socket } from 'node:net'

export interface ClientAnswer {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** One keep-alive connection that asks one thing after the other, with little work of its own. */
export class KeepAliveClient {
  readonly #socket: Socket
  #text = ''
  #waiting: { resolve(answer: ClientAnswer): void; reject(error: Error): void } | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(String(chunk)))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('connection closed')))
  }

  static connect(port: number): Promise<KeepAliveClient> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.removeListener('error', reject)
        resolve(new KeepAliveClient(socket))
      })
    })
  }

  /** Sends a request without content; resolves with the answer, rejects when the connection is lost. */
  ask(
    path: string,
    fields: Readonly<Record<string, string>> = {},
    method = 'GET',
  ): Promise<ClientAnswer> {
    let head = `${method} ${path} HTTP/1.1\r\n`
    if (fields.host === undefined) head += 'host: shop.test\r\n'
    for (const [name, value] of Object.entries(fields)) head += `${name}: ${value}\r\n`
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(`${head}\r\n`, 'latin1')
    })
  }

  close(): void {
    this.#waiting = null
    this.#socket.destroy()
  }

  #take(chunk: string): void {
    this.#text += chunk
    const end = this.#text.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = this.#text.slice(0, end)
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#text.length < end + 4 + length) return
    const body = this.#text.slice(end + 4, end + 4 + length)
    this.#text = this.#text.slice(end + 4 + length)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve({ status: Number(head.slice(9, 12)), head, body })
  }

  #fail(error: Error): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.reject(error)
  }
}
