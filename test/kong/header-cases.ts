import { type Call, type HeaderList, proxy, put, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'

export const SERVICE = put('/services/shop', { host: '127.0.0.1', port: '{one}', path: '/srv' })
export const ROUTE = put('/services/shop/routes/all', { paths: ['/a'] })

type Seen = Readonly<Record<string, string | RegExp | null>>

interface HeaderCase {
  readonly id: string
  readonly title: string
  readonly sent?: HeaderList
  readonly seen: Seen
  readonly source?: string
  readonly given?: readonly Call[]
  readonly line?: string
}

/** Requests to a service, and the headers that its upstream sees. */
export function headerRows(cases: readonly HeaderCase[]): readonly Row[] {
  return cases.map(
    ({ id, title, sent = {}, seen, source = SPEC.upstreamHeaders, given, line = 'GET /a/b' }) => ({
      id,
      source,
      title,
      given: given ?? [SERVICE, ROUTE],
      request: proxy(line, { host: 'a.test', ...sent }),
      expect: { status: 200, upstream: { headers: seen } },
    }),
  )
}
