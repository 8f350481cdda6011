import { type Call, put, type UpstreamName } from './conformance.ts'
import { ID } from './values.ts'

export type RouteFields = Readonly<Record<string, unknown>>

export type SentRequest = readonly [
  line: string,
  headers?: Readonly<Record<string, string | readonly string[]>>,
]

const ROUTE_IDS = [ID.a, ID.b, ID.c] as const
const NAMES: readonly UpstreamName[] = ['one', 'two', 'three']

/** One service for each upstream server, and on each the route in its place. */
export function routes(...fields: readonly RouteFields[]): readonly Call[] {
  return fields.flatMap((route, index) => {
    const id = ROUTE_IDS[index] ?? ID.d
    const port = `{${NAMES[index]}}`
    return [
      put(`/services/${id}`, { name: `s${index + 1}`, host: '127.0.0.1', port }),
      put(`/routes/${id}`, {
        service: { id },
        created_at: 1_600_000_000 + index,
        strip_path: false,
        ...route,
      }),
    ]
  })
}

export const NO_ROUTE = {
  status: 404,
  body: { message: 'no Route matched with those values' },
  upstream: null,
} as const
