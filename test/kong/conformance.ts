/** One subject of Kong's behaviour and the checks that restate it. */
export interface Area {
  /** Kebab case, unique. */
  readonly name: string
  readonly title: string
  /** Settings of the gateway that the checks of this area need. */
  readonly settings?: Readonly<Record<string, string>>
  readonly rows: readonly Row[]
}

/** One check: it runs against a gateway without any configuration and may leave one behind. */
export interface Row {
  /** Unique within its area. */
  readonly id: string
  /** The test or the document of Kong that asserts it. */
  readonly source: string
  /** A sentence about behaviour. */
  readonly title: string
  /** Calls to make before; each must be answered with a status of the 200s. */
  readonly given?: readonly Call[]
  /** How the upstream servers answer; with their own name unless told otherwise. */
  readonly upstreamAnswer?: UpstreamAnswer
  readonly request: Call
  /** How often the request is sent, all to be answered alike; once unless told otherwise. */
  readonly times?: number
  readonly expect: Expectation
  /** What to ask and find afterwards. */
  readonly afterwards?: readonly Step[]
}

export interface Step {
  readonly request: Call
  readonly expect: Expectation
}

/**
 * A call of the Admin API or a request to the proxy. In every text `{one}`, `{two}` and `{three}` stand for the ports
 * of the three upstream servers, `{dead}` for a port on which nothing listens and `{now+60}` for the gateway's clock
 * in seconds; a text that is nothing else becomes the number.
 */
export interface Call {
  readonly to: 'admin' | 'proxy'
  readonly method: string
  readonly path: string
  readonly headers: HeaderList
  readonly body: Payload | null
}

export type HeaderList = Readonly<Record<string, string | readonly string[]>>

export type Payload =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly contentType: string | null; readonly text: string }

export interface UpstreamAnswer {
  readonly status?: number
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

/** What an answer must be; in every place a regular expression stands for a text that it matches. */
export interface Expectation {
  readonly status: number
  /** By lower-case name; null for a field that must be absent, a list for repeated fields in order. */
  readonly headers?: Expected<string | null | readonly string[]>
  /** Fields that the JSON body must have; further ones are allowed, but not in lists. */
  readonly body?: unknown
  /** The whole JSON body, or the whole text when it is one. */
  readonly exactly?: unknown
  /** What the upstream server saw of the last request; null when it must have seen none. */
  readonly upstream?: UpstreamExpectation | null
  /** How many of the requests each upstream server saw, by name; the others none. */
  readonly spread?: Readonly<Record<string, number>>
  /** True when all the requests must have gone to one and the same upstream server. */
  readonly isSticky?: boolean
}

export type Expected<T> = Readonly<Record<string, T | RegExp>>

export interface UpstreamExpectation {
  readonly name?: UpstreamName
  readonly method?: string
  readonly url?: string
  readonly headers?: Expected<string | null>
  readonly body?: string
}

export const UPSTREAM_NAMES = ['one', 'two', 'three'] as const
export type UpstreamName = (typeof UPSTREAM_NAMES)[number]

const call = (to: Call['to'], method: string, path: string, rest: Partial<Call> = {}): Call => ({
  to,
  method,
  path,
  headers: {},
  body: null,
  ...rest,
})

const json = (value: unknown): Payload => ({ kind: 'json', value })

export const get = (path: string, headers: HeaderList = {}) =>
  call('admin', 'GET', path, { headers })
export const head = (path: string) => call('admin', 'HEAD', path)
export const options = (path: string, headers: HeaderList = {}) =>
  call('admin', 'OPTIONS', path, { headers })
export const del = (path: string) => call('admin', 'DELETE', path)
export const post = (path: string, value: unknown = {}) =>
  call('admin', 'POST', path, { body: json(value) })
export const put = (path: string, value: unknown = {}) =>
  call('admin', 'PUT', path, { body: json(value) })
export const patch = (path: string, value: unknown = {}) =>
  call('admin', 'PATCH', path, { body: json(value) })

/** A call of the Admin API with any body, or none: `raw('POST', '/services', {text, contentType})`. */
export const raw = (
  method: string,
  path: string,
  body: { readonly text: string; readonly contentType: string | null } | null = null,
) => call('admin', method, path, { body: body === null ? null : { kind: 'text', ...body } })

/** A call with a form-encoded body, written as it is sent: `name=a&hosts[]=b`. */
export const form = (method: string, path: string, text: string) =>
  raw(method, path, { text, contentType: 'application/x-www-form-urlencoded' })

const BOUNDARY = 'a1b2c3'

/** A field of a multipart body, or with the name of a file a part as `curl -F name=@file` sends it. */
export type Part = readonly [name: string, value: string, fileName?: string]

/** A call with a multipart body of these parts. */
export const multipart = (method: string, path: string, parts: readonly Part[]) => {
  const text = parts
    .map(([name, value, fileName]) => {
      const file =
        fileName === undefined
          ? ''
          : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`
      const disposition = `Content-Disposition: form-data; name="${name}"${file}`
      return `--${BOUNDARY}\r\n${disposition}\r\n\r\n${value}\r\n`
    })
    .join('')
  const contentType = `multipart/form-data; boundary=${BOUNDARY}`
  return raw(method, path, { text: `${text}--${BOUNDARY}--\r\n`, contentType })
}

/** A request to the proxy: `proxy('GET /path', {host: 'a.test'})`. */
export const proxy = (line: string, headers: HeaderList = {}, text: string | null = null): Call => {
  const [method = 'GET', path = '/'] = line.split(' ')
  const body = text === null ? null : ({ kind: 'text', contentType: null, text } as const)
  return call('proxy', method, path, { headers, body })
}
