import { Agent, request as httpRequest } from 'node:http'

export interface DeckAnswer {
  readonly status: number
  /** The parsed body; null when it is empty. */
  readonly json: unknown
}

/** The HTTP client of decK: keeps connections, and takes every status outside 200 to 399 for an error. */
export class DeckClient {
  /** Every call so far, as `PUT /services/…`, in the order they were sent. */
  readonly calls: string[] = []
  readonly #agent = new Agent({ keepAlive: true })
  readonly #adminUrl: string
  #inFlight = 0
  #mostInFlight = 0

  constructor(adminUrl: string) {
    this.#adminUrl = adminUrl
  }

  /** The largest number of calls that were under way at one time. */
  get mostInFlight(): number {
    return this.#mostInFlight
  }

  /** The body of an answer. Throws DeckApiError for a status that decK does not accept. */
  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { status, json } = await this.send(method, path, body)
    if (status < 200 || status > 399) throw new DeckApiError(status, `${method} ${path}`, json)
    return json
  }

  /** The answer, whatever its status. */
  async send(method: string, path: string, body?: unknown): Promise<DeckAnswer> {
    this.calls.push(`${method} ${path}`)
    this.#inFlight++
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight)
    try {
      return await this.#exchange(method, path, body)
    } finally {
      this.#inFlight--
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  #exchange(method: string, path: string, body: unknown): Promise<DeckAnswer> {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      'user-agent': 'Go-http-client/1.1',
      'accept-encoding': 'gzip',
      ...(payload === undefined
        ? {}
        : {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(payload)),
          }),
    }
    return new Promise((resolve, reject) => {
      const url = new URL(path, this.#adminUrl)
      const request = httpRequest(url, { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: response.statusCode ?? 0,
            json: text === '' ? null : JSON.parse(text),
          })
        })
      })
      request.on('error', reject)
      request.end(payload)
    })
  }
}

/** An answer that ends a run of decK; its message is what the user sees. */
export class DeckApiError extends Error {
  override readonly name = 'DeckApiError'
  readonly status: number

  constructor(status: number, call: string, body: unknown) {
    const { message } = (body ?? {}) as { readonly message?: unknown }
    super(`${call}: HTTP status ${status} (message: ${JSON.stringify(message ?? body)})`)
    this.status = status
  }
}
