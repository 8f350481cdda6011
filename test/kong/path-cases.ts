import { proxy, put, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'

export interface PathCase {
  readonly id: string
  readonly title: string
  readonly source?: string
  readonly service: string | null
  readonly route: Readonly<Record<string, unknown>>
  readonly request: string
  readonly url: string
}

/** A request to a service with a path, and the request target that its upstream sees. */
export function upstreamUrl({
  id,
  title,
  source = SPEC.pathHandling,
  service,
  route,
  request,
  url,
}: PathCase): Row {
  return {
    id,
    source,
    title,
    given: [
      put('/services/shop', { host: '127.0.0.1', port: '{one}', path: service }),
      put('/services/shop/routes/all', route),
    ],
    request: proxy(`GET ${request}`, { host: 'a.test' }),
    expect: { status: 200, upstream: { url } },
  }
}
