import { randomUUID } from 'node:crypto'
import type { DeckDefaults } from './deck-defaults.ts'
import {
  DECK_KINDS,
  type DeckKind,
  type DeckState,
  emptyState,
  idOf,
  stateKey,
} from './deck-kinds.ts'
import type { Fields } from './deck-structs.ts'

/** A declarative file of decK: entities nested in what they belong to, mostly without ids. */
export interface DeckFile {
  readonly certificates: readonly (Fields & { readonly snis: readonly Fields[] })[]
  readonly ca_certificates: readonly Fields[]
  readonly services: readonly ServiceEntry[]
  readonly upstreams: readonly (Fields & { readonly targets: readonly Fields[] })[]
  readonly consumer_groups: readonly Fields[]
  readonly consumers: readonly ConsumerEntry[]
  /** `service` and `route` are names. */
  readonly plugins: readonly Fields[]
}

export type ServiceEntry = Fields & {
  readonly routes: readonly RouteEntry[]
  readonly plugins: readonly Fields[]
}

export type RouteEntry = Fields & { readonly plugins: readonly Fields[] }

export type ConsumerEntry = Fields & {
  readonly acls: readonly Fields[]
  readonly keyauth_credentials: readonly Fields[]
  readonly basicauth_credentials: readonly Fields[]
  readonly jwt_secrets: readonly Fields[]
  readonly groups: readonly { readonly name: string }[]
}

/** Names of the plugins in a file. */
export function pluginNames(file: DeckFile): ReadonlySet<string> {
  const onServices = file.services.flatMap(({ plugins }) => plugins)
  const onRoutes = file.services.flatMap(({ routes }) => routes.flatMap(({ plugins }) => plugins))
  return new Set([...file.plugins, ...onServices, ...onRoutes].map(({ name }) => String(name)))
}

/**
 * The state that a file asks for. What is already there keeps its id and creation time; what is new gets an id here,
 * before it is sent. Source: Kong/go-database-reconciler, pkg/file/builder.go.
 */
export function stateOf(file: DeckFile, current: DeckState, defaults: DeckDefaults): DeckState {
  const state = emptyState()
  const add = adder(state, current, defaults)
  for (const { snis, ...fields } of file.certificates) {
    const certificate = reference(add('certificates', fields))
    for (const sni of snis) add('snis', { ...sni, certificate })
  }
  for (const fields of file.ca_certificates) add('ca_certificates', fields)
  for (const service of file.services) addService(add, service)
  for (const { targets, ...fields } of file.upstreams) {
    const upstream = reference(add('upstreams', fields))
    for (const target of targets) add('targets', { ...target, upstream })
  }
  for (const fields of file.consumer_groups) add('consumer_groups', fields)
  for (const consumer of file.consumers) addConsumer(add, state, consumer)
  for (const { service, route, ...fields } of file.plugins) {
    add('plugins', {
      ...fields,
      ...(service === undefined ? {} : { service: named(state, 'services', service) }),
      ...(route === undefined ? {} : { route: named(state, 'routes', route) }),
    })
  }
  return state
}

type Add = (kind: DeckKind, fields: Fields) => Fields

function adder(
  state: { [K in DeckKind]: Map<string, Fields> },
  current: DeckState,
  defaults: DeckDefaults,
): Add {
  const present = new Map<string, Fields>()
  for (const [kind, entities] of Object.entries(current) as [DeckKind, Map<string, Fields>][]) {
    for (const entity of entities.values()) {
      present.set(`${kind} ${DECK_KINDS[kind].identity(entity)}`, entity)
    }
  }
  return (kind, fields) => {
    const { identity, keepsCreatedAt = false } = DECK_KINDS[kind]
    const known = present.get(`${kind} ${identity(fields)}`)
    const createdAt = keepsCreatedAt ? known?.created_at : undefined
    const entity = defaults.fill(kind, {
      ...(kind === 'consumer_group_consumers' ? {} : { id: known?.id ?? randomUUID() }),
      ...fields,
      ...(createdAt === undefined ? {} : { created_at: createdAt }),
    })
    state[kind].set(stateKey(kind, entity), entity)
    return entity
  }
}

function addService(add: Add, { routes, plugins, ...fields }: ServiceEntry): void {
  const service = reference(add('services', fields))
  for (const plugin of plugins) add('plugins', { ...plugin, service })
  for (const { plugins: ofRoute, ...route } of routes) {
    const parent = reference(add('routes', { ...route, service }))
    for (const plugin of ofRoute) add('plugins', { ...plugin, route: parent })
  }
}

/** Credentials are sent with the username of their consumer beside its id. */
function addConsumer(add: Add, state: DeckState, entry: ConsumerEntry): void {
  const { acls, keyauth_credentials: keys, basicauth_credentials: names, ...rest } = entry
  const { jwt_secrets: jwts, groups, ...fields } = rest
  const added = add('consumers', fields)
  const consumer = { ...reference(added), username: fields.username }
  for (const acl of acls) add('acls', { ...acl, consumer })
  for (const key of keys) add('key_auths', { ...key, consumer })
  for (const credential of names) add('basic_auths', { ...credential, consumer })
  for (const jwt of jwts) add('jwts', { ...jwt, consumer })
  for (const { name } of groups) {
    const group = named(state, 'consumer_groups', name)
    add('consumer_group_consumers', { consumer_group: group, consumer: added })
  }
}

function named(state: DeckState, kind: DeckKind, name: unknown): Fields {
  for (const entity of state[kind].values()) if (entity.name === name) return reference(entity)
  throw new Error(`${kind}: nothing is named ${name}`)
}

function reference(entity: Fields): Fields {
  return { id: idOf(entity) }
}
