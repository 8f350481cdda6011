import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'

/** Where Kong Manager is served from, beside an Admin API on another port. */
export const MANAGER_ORIGIN = 'http://localhost:8002'

export interface ManagerAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into documents of many shapes
  readonly data: any
}

/** Calls the Admin API as a page of Kong Manager does in a browser, with JSON. */
export interface ManagerClient {
  /**
   * The answer, whatever its status. Throws where a browser would: when a preflight does not allow the call, or when
   * the answer does not allow the page to read it.
   */
  call(method: string, path: string, body?: unknown): Promise<ManagerAnswer>
  close(): void
}

/** Source: the Fetch standard, CORS-preflight fetch and CORS check. */
export function createManagerClient(adminUrl: string): ManagerClient {
  const agent = new Agent({ keepAlive: true })
  const send = (method: string, path: string, headers: object, body?: string) =>
    exchange(new URL(path, adminUrl), { method, headers: { ...BROWSER, ...headers }, agent, body })

  return {
    async call(method, path, body) {
      const text = body === undefined ? undefined : JSON.stringify(body)
      if (text !== undefined || !SIMPLE_METHODS.has(method)) {
        const asked = {
          'access-control-request-method': method,
          ...(text === undefined ? {} : { 'access-control-request-headers': 'content-type' }),
        }
        refuseUnlessAllowed(await send('OPTIONS', path, asked), { method, path, hasBody: !!text })
      }
      const headers = text === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await send(method, path, headers, text)
      refuseUnlessReadable(answer, `${method} ${path}`)
      return answer
    },
    close: () => agent.destroy(),
  }
}

const SIMPLE_METHODS = new Set(['GET', 'HEAD', 'POST'])

const BROWSER = {
  accept: 'application/json, text/plain, */*',
  origin: MANAGER_ORIGIN,
  referer: `${MANAGER_ORIGIN}/`,
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-site',
} as const

function refuseUnlessAllowed(
  answer: ManagerAnswer,
  { method, path, hasBody }: { method: string; path: string; hasBody: boolean },
): void {
  const call = `preflight of ${method} ${path}`
  refuseUnlessReadable(answer, call)
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`${call}: it does not have HTTP ok status, but ${answer.status}`)
  }
  const methods = names(answer.headers['access-control-allow-methods'])
  if (!SIMPLE_METHODS.has(method) && !methods.includes(method.toLowerCase())) {
    throw new Error(`${call}: method ${method} is not allowed by Access-Control-Allow-Methods`)
  }
  const headers = names(answer.headers['access-control-allow-headers'])
  if (hasBody && !headers.includes('content-type')) {
    throw new Error(`${call}: content-type is not allowed by Access-Control-Allow-Headers`)
  }
}

function refuseUnlessReadable({ headers }: ManagerAnswer, call: string): void {
  const allowed = headers['access-control-allow-origin']
  if (allowed !== '*' && allowed !== MANAGER_ORIGIN) {
    throw new Error(`${call}: Access-Control-Allow-Origin is ${allowed ?? 'missing'}`)
  }
}

function names(list: string | undefined): readonly string[] {
  return (list ?? '').split(',').map((name) => name.trim().toLowerCase())
}

function exchange(
  url: URL,
  {
    method,
    headers,
    agent,
    body,
  }: { method: string; headers: object; agent: Agent; body?: string | undefined },
): Promise<ManagerAnswer> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, ...length }, agent }
    const request = httpRequest(url, options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          data: text === '' ? '' : JSON.parse(text),
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
