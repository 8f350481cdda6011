import { type Call, type HeaderList, post, proxy, put, type Row } from './conformance.ts'
import { SPEC } from './sources.ts'
import { ID } from './values.ts'

const SETUP: readonly Call[] = [
  put('/services/shop', { host: '127.0.0.1', port: '{one}' }),
  put('/services/shop/routes/all', { paths: ['/'] }),
  put(`/consumers/${ID.a}`, { username: 'bob', custom_id: 'c1' }),
  put(`/consumers/${ID.b}`, { username: 'nobody' }),
  put(`/consumers/bob/key-auth/${ID.c}`, { key: 'kong' }),
]

export interface KeyAuthCase {
  readonly id: string
  readonly title: string
  readonly config?: Readonly<Record<string, unknown>>
  readonly line?: string
  readonly sent?: HeaderList
  readonly body?: string
  readonly source?: string
  readonly more?: readonly Call[]
  readonly expect: Row['expect']
}

export const refused = (message: string, challenge: string | RegExp = 'Key') => ({
  status: 401,
  headers: { 'www-authenticate': challenge },
  body: { message },
  upstream: null,
})

export const PASSED = {
  status: 200,
  upstream: { headers: { 'x-consumer-username': 'bob' } },
} as const

export function keyAuthRow(one: KeyAuthCase): Row {
  const { id, title, config = {}, line = 'GET /', sent = {}, body = null, more = [] } = one
  return {
    id,
    source: one.source ?? SPEC.keyAuthAccess,
    title,
    given: [...SETUP, ...more, post('/services/shop/plugins', { name: 'key-auth', config })],
    request: proxy(line, { host: 'a.test', ...sent }, body),
    expect: one.expect,
  }
}
