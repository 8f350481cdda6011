import fc from 'fast-check'
import { ENDPOINTS, type FuzzedKind } from './endpoints.ts'
import type { FuzzCall } from './fuzz-connection.ts'
import { type HostileBody, hostileBody } from './hostile-bodies.ts'

/** One write: how, and with what. */
export interface HostileCall {
  readonly verb: 'POST' | 'PUT new' | 'PUT' | 'PUT by key' | 'PATCH'
  /** Id, or part of the key, of an item that need not exist. */
  readonly id: string
  readonly body: HostileBody
}

/** Writes of entities of a kind: new ones, and one that is there. */
export function hostileCall(kind: FuzzedKind): fc.Arbitrary<HostileCall> {
  return fc.record({
    verb: fc.oneof(
      { weight: 4, arbitrary: fc.constant('POST') },
      { weight: 3, arbitrary: fc.constantFrom('PUT new', 'PUT', 'PUT by key') },
      { weight: 3, arbitrary: fc.constant('PATCH') },
    ) as fc.Arbitrary<HostileCall['verb']>,
    id: fc.uuid(),
    body: hostileBody(kind),
  })
}

/** The call as it is sent; `fill` puts in the ids of the parents. */
export function toFuzzCall(
  { verb, id, body }: HostileCall,
  context: {
    readonly kind: FuzzedKind
    readonly itemId: string
    readonly fill: (text: string) => string
  },
): FuzzCall {
  const { collection } = ENDPOINTS[context.kind]
  const paths = {
    POST: collection,
    'PUT new': `${collection}/${id}`,
    PUT: `${collection}/${context.itemId}`,
    'PUT by key': `${collection}/key-${id.slice(0, 2)}`,
    PATCH: `${collection}/${context.itemId}`,
  } as const
  const [method = verb] = verb.split(' ')
  return {
    method,
    path: context.fill(paths[verb]),
    contentType: body.contentType,
    body: Buffer.from(context.fill(body.bytes), 'latin1'),
  }
}
