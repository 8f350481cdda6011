import type { Fields, GO_STRUCTS } from './deck-structs.ts'

export type DeckKind = keyof typeof GO_STRUCTS

/** Entities of one kind by id; memberships, which have none, by what they join. */
export type DeckState = { readonly [K in DeckKind]: ReadonlyMap<string, Fields> }

/** How decK treats one kind of entity. Source: Kong/go-database-reconciler, pkg/dump, pkg/file and pkg/types. */
export interface DeckRules {
  /** Collection that is dumped; null for what is dumped with its parent. */
  readonly list: string | null
  /** A 404 on the list ends the dump. */
  readonly isRequired: boolean
  /** Collection that an entity is written to. */
  collection(entity: Fields): string
  /** What tells two entities apart when a file gives no id: an entity of the file that is already there keeps its id. */
  identity(entity: Fields): string
  /** Before it creates an entity, decK asks whether the id is taken. */
  readonly isLookedUpFirst?: boolean
  /** The creation time of what is already there is sent back with every update. */
  readonly keepsCreatedAt?: boolean
  /** A schema with defaults is read from /schemas/<kind>. */
  readonly hasDefaults?: boolean
}

const top = (list: string, isRequired: boolean) => ({ list, isRequired, collection: () => list })

const ofConsumer = (list: string, segment: string) => ({
  list,
  isRequired: false,
  collection: (entity: Fields) => `/consumers/${idOf(entity.consumer)}/${segment}`,
})

export const DECK_KINDS: { readonly [K in DeckKind]: DeckRules } = {
  certificates: {
    ...top('/certificates', true),
    identity: ({ cert, key }) => `${cert} ${key}`,
    isLookedUpFirst: true,
  },
  ca_certificates: {
    ...top('/ca_certificates', false),
    identity: ({ cert }) => `${cert}`,
    keepsCreatedAt: true,
  },
  consumers: {
    ...top('/consumers', true),
    identity: ({ username }) => `${username}`,
    keepsCreatedAt: true,
  },
  consumer_groups: {
    ...top('/consumer_groups', false),
    identity: ({ name }) => `${name}`,
    keepsCreatedAt: true,
  },
  snis: {
    ...top('/snis', true),
    identity: ({ name }) => `${name}`,
    keepsCreatedAt: true,
  },
  services: {
    ...top('/services', true),
    identity: ({ name }) => `${name}`,
    isLookedUpFirst: true,
    keepsCreatedAt: true,
    hasDefaults: true,
  },
  upstreams: {
    ...top('/upstreams', true),
    identity: ({ name }) => `${name}`,
    keepsCreatedAt: true,
    hasDefaults: true,
  },
  key_auths: {
    ...ofConsumer('/key-auths', 'key-auth'),
    identity: ({ key }) => `${key}`,
    keepsCreatedAt: true,
  },
  basic_auths: {
    ...ofConsumer('/basic-auths', 'basic-auth'),
    identity: ({ username }) => `${username}`,
    keepsCreatedAt: true,
  },
  jwts: {
    ...ofConsumer('/jwts', 'jwt'),
    identity: ({ key }) => `${key}`,
    keepsCreatedAt: true,
  },
  acls: {
    ...ofConsumer('/acls', 'acls'),
    identity: ({ consumer, group }) => `${idOf(consumer)} ${group}`,
  },
  routes: {
    ...top('/routes', true),
    identity: ({ name }) => `${name}`,
    isLookedUpFirst: true,
    keepsCreatedAt: true,
    hasDefaults: true,
  },
  targets: {
    list: null,
    isRequired: true,
    collection: ({ upstream }) => `/upstreams/${idOf(upstream)}/targets`,
    identity: ({ upstream, target }) => `${idOf(upstream)} ${target}`,
    hasDefaults: true,
  },
  consumer_group_consumers: {
    list: null,
    isRequired: false,
    collection: ({ consumer_group: group }) => `/consumer_groups/${idOf(group)}/consumers`,
    identity: ({ consumer_group: group, consumer }) =>
      `${idOf(group)} ${(consumer as Fields).username}`,
  },
  plugins: {
    ...top('/plugins', true),
    identity: (plugin) =>
      ['service', 'route', 'consumer', 'consumer_group']
        .map((scope) => idOf(plugin[scope]))
        .concat(`${plugin.name}`)
        .join(' '),
    keepsCreatedAt: true,
  },
}

export const DECK_KIND_NAMES = Object.keys(DECK_KINDS) as readonly DeckKind[]

/** Key of an entity in a state. */
export function stateKey(kind: DeckKind, entity: Fields): string {
  return typeof entity.id === 'string' ? entity.id : DECK_KINDS[kind].identity(entity)
}

/** The id in a reference; empty for none. */
export function idOf(reference: unknown): string {
  return ((reference ?? {}) as { readonly id?: string }).id ?? ''
}

/** A state without entities, to be filled. */
export function emptyState(): { [K in DeckKind]: Map<string, Fields> } {
  return Object.fromEntries(DECK_KIND_NAMES.map((kind) => [kind, new Map()])) as {
    [K in DeckKind]: Map<string, Fields>
  }
}
