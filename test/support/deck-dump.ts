import { DeckApiError, type DeckClient } from './deck-client.ts'
import {
  DECK_KIND_NAMES,
  DECK_KINDS,
  type DeckKind,
  type DeckState,
  emptyState,
  stateKey,
} from './deck-kinds.ts'
import { decode, type Fields, GO_STRUCTS } from './deck-structs.ts'

const PAGE_SIZE = 1000

/** Lists that decK asks for as well and does without when they answer with one of these statuses. */
export const TOLERATED_LISTS: Readonly<Record<string, readonly number[]>> = {
  '/hmac-auths': [404],
  '/oauth2': [404],
  '/mtls-auths': [404],
  '/vaults': [404, 403],
  '/keys': [404, 403],
  '/key-sets': [404, 403],
  '/partials': [404, 403],
  '/filter-chains': [404, 400],
}

/** Everything that is configured, as `deck gateway dump` reads it: all lists at the same time. */
export async function dump(client: DeckClient, pageSize = PAGE_SIZE): Promise<DeckState> {
  const state = emptyState()
  const add = (kind: DeckKind, document: unknown) => {
    const entity = decode(GO_STRUCTS[kind], document, kind)
    state[kind].set(stateKey(kind, entity), entity)
  }
  const lists = DECK_KIND_NAMES.map(async (kind) => {
    const { list, isRequired } = DECK_KINDS[kind]
    if (list === null) return
    const tolerated = isRequired ? [] : kind === 'consumer_groups' ? [404, 403] : [404]
    for (const document of await readList(client, list, { pageSize, tolerated }))
      add(kind, document)
    if (kind === 'upstreams') {
      for (const upstream of state.upstreams.keys()) {
        const path = `/upstreams/${upstream}/targets`
        for (const target of await readList(client, path, { pageSize, tolerated: [] }))
          add('targets', target)
      }
    }
    if (kind === 'consumer_groups') {
      for (const group of state.consumer_groups.values()) {
        for (const member of await readMembers(client, group))
          add('consumer_group_consumers', member)
      }
    }
  })
  const others = Object.entries(TOLERATED_LISTS).map(([path, tolerated]) =>
    readList(client, path, { pageSize, tolerated }),
  )
  await Promise.all([...lists, ...others])
  return state
}

/** A whole list, page by page: the next page is asked for as long as an answer has an `offset`. */
async function readList(
  client: DeckClient,
  path: string,
  { pageSize, tolerated }: { readonly pageSize: number; readonly tolerated: readonly number[] },
): Promise<readonly unknown[]> {
  const rows: unknown[] = []
  let offset: string | undefined
  do {
    const query = new URLSearchParams({ size: String(pageSize) })
    if (offset !== undefined) query.set('offset', offset)
    const page = await readPage(client, `${path}?${query}`, tolerated)
    if (page === null) return rows
    rows.push(...(page.data ?? []))
    offset = page.offset
  } while (offset !== undefined)
  return rows
}

interface Page {
  readonly data?: readonly unknown[]
  readonly offset?: string
}

async function readPage(
  client: DeckClient,
  path: string,
  tolerated: readonly number[],
): Promise<Page | null> {
  try {
    return (await client.call('GET', path)) as Page
  } catch (error) {
    if (error instanceof DeckApiError && tolerated.includes(error.status)) return null
    throw error
  }
}

/** Since Kong 3.4 only the members are taken from here; plugins of a group are ordinary plugins. */
async function readMembers(client: DeckClient, group: Fields): Promise<readonly Fields[]> {
  const path = `/consumer_groups/${encodeURIComponent(String(group.name))}`
  const document = (await client.call('GET', path)) as {
    readonly consumer_group: unknown
    readonly consumers?: readonly unknown[]
  }
  decode(GO_STRUCTS.consumer_groups, document.consumer_group, 'consumer_group')
  return (document.consumers ?? []).map((consumer) => ({
    consumer_group: { id: group.id },
    consumer,
  }))
}
