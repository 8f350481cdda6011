import { type DeckAnswer, DeckApiError, type DeckClient } from './deck-client.ts'
import type { DeckDefaults } from './deck-defaults.ts'
import type { DeckEvent } from './deck-diff.ts'
import { DECK_KINDS, type DeckKind, type DeckState, idOf } from './deck-kinds.ts'
import { decode, type Fields, GO_STRUCTS } from './deck-structs.ts'

/** How many calls decK has under way unless told otherwise. */
export const PARALLELISM = 10

/**
 * Levels of dependency: what is in one level is written at the same time, and the next level waits for it. Deletes go
 * the other way. Source: Kong/go-database-reconciler, pkg/diff/order.go.
 */
const LEVELS: readonly (readonly DeckKind[])[] = [
  ['certificates', 'ca_certificates', 'consumers'],
  ['consumer_groups', 'snis', 'services', 'upstreams', 'key_auths', 'jwts', 'basic_auths', 'acls'],
  ['routes', 'targets', 'consumer_group_consumers'],
  ['plugins'],
]

/** Carries out the events: first all that is created or changed, then what is deleted. */
export async function apply(
  client: DeckClient,
  events: readonly DeckEvent[],
  context: { readonly current: DeckState; readonly defaults: DeckDefaults },
): Promise<void> {
  const run = (level: readonly DeckKind[], isDelete: boolean) => {
    const chosen = events.filter(
      ({ kind, operation }) => level.includes(kind) && (operation === 'delete') === isDelete,
    )
    return pooled(chosen, (event) => carryOut(client, event, context))
  }
  for (const level of LEVELS) await run(level, false)
  for (const level of LEVELS.toReversed()) await run(level, true)
}

/** As many at a time as decK does; the first failure ends the run. */
async function pooled<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: PARALLELISM }, worker))
}

async function carryOut(
  client: DeckClient,
  { operation, kind, entity }: DeckEvent,
  { current, defaults }: { readonly current: DeckState; readonly defaults: DeckDefaults },
): Promise<void> {
  if (kind === 'consumer_group_consumers') return writeMember(client, operation, entity)
  const collection = DECK_KINDS[kind].collection(entity)
  const item = `${collection}/${idOf(entity)}`
  if (operation === 'delete') {
    await client.call('DELETE', item)
    return
  }
  if (operation === 'create' && DECK_KINDS[kind].isLookedUpFirst === true) {
    const { status } = await client.send('GET', item)
    if (status !== 404) throw new Error(`${item} is taken already: ${status}`)
  }
  const body = bodyOf(kind, entity, { current, defaults })
  const written = await write(client, { kind, operation, collection, item, body })
  decode(GO_STRUCTS[kind], written, `answer to PUT ${item}`)
}

/** A target is put too, and posted with the same id when that is answered 404. */
async function write(
  client: DeckClient,
  call: {
    readonly kind: DeckKind
    readonly operation: DeckEvent['operation']
    readonly collection: string
    readonly item: string
    readonly body: Fields
  },
): Promise<unknown> {
  const { kind, operation, collection, item, body } = call
  const method = kind === 'consumer_groups' && operation === 'update' ? 'PATCH' : 'PUT'
  const answer: DeckAnswer = await client.send(method, item, body)
  if (kind === 'targets' && answer.status === 404) return client.call('POST', collection, body)
  if (answer.status < 200 || answer.status > 399) {
    throw new DeckApiError(answer.status, `${method} ${item} ${JSON.stringify(body)}`, answer.json)
  }
  return answer.json
}

/**
 * Fields that are nil are left out, but for two lists of a service that are sent as null. A certificate is sent with
 * the names it has, because a body without them would take them away.
 */
function bodyOf(
  kind: DeckKind,
  entity: Fields,
  { current, defaults }: { readonly current: DeckState; readonly defaults: DeckDefaults },
): Fields {
  switch (kind) {
    case 'services':
      return { tags: null, ca_certificates: null, ...entity }
    case 'plugins':
      return defaults.completePlugin(entity)
    case 'certificates': {
      const snis = [...current.snis.values()].filter(
        ({ certificate }) => idOf(certificate) === entity.id,
      )
      return snis.length === 0 ? entity : { ...entity, snis: snis.map(({ name }) => name) }
    }
    default:
      return entity
  }
}

/** A membership is never changed: it ends and begins again. */
async function writeMember(
  client: DeckClient,
  operation: DeckEvent['operation'],
  member: Fields,
): Promise<void> {
  const collection = DECK_KINDS.consumer_group_consumers.collection(member)
  const { username } = member.consumer as { readonly username: string }
  if (operation !== 'create') {
    await client.call('DELETE', `${collection}/${encodeURIComponent(username)}`)
  }
  if (operation !== 'delete') await client.call('POST', collection, { consumer: username })
}
