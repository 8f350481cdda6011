import { type Call, type HeaderList, post, proxy, put, type Row } from './conformance.ts'
import { DOC } from './sources.ts'

type Config = Readonly<Record<string, unknown>>

/** Service `shop` on one, with key-auth: bob is in beta, eve in staff, tom in none. */
export const SETUP: readonly Call[] = [
  put('/services/shop', { host: '127.0.0.1', port: '{one}', path: '/v1' }),
  put('/services/shop/routes/all', { paths: ['/'] }),
  put('/services/shop/routes/more', { paths: ['/more'] }),
]

export const CONSUMERS: readonly Call[] = [
  post('/services/shop/plugins', { name: 'key-auth' }),
  ...['bob', 'eve', 'tom'].flatMap((name) => [
    put(`/consumers/${name}`),
    post(`/consumers/${name}/key-auth`, { key: name }),
  ]),
  post('/consumers/bob/acls', { group: 'beta' }),
  post('/consumers/eve/acls', { group: 'staff' }),
]

/** A canary plugin whose canary is on two. */
export const canary = (config: Config, path = '/services/shop/plugins') =>
  post(path, { name: 'canary', config: { upstream_port: '{two}', ...config } })

export interface CanaryCase {
  readonly id: string
  readonly title: string
  readonly given: readonly Call[]
  readonly line?: string
  readonly sent?: HeaderList
  readonly times?: number
  readonly expect: Row['expect']
}

export const goesTo = (name: 'one' | 'two' | 'three') =>
  ({ status: 200, upstream: { name } }) as const

export function canaryRow({
  id,
  title,
  given,
  line = 'GET /',
  sent = {},
  times = 1,
  expect,
}: CanaryCase): Row {
  const request = proxy(line, { host: 'a.test', ...sent })
  return { id, source: DOC.canary, title, given, request, times, expect }
}
