import { isDeepStrictEqual } from 'node:util'
import type { DeckDefaults } from './deck-defaults.ts'
import { DECK_KIND_NAMES, type DeckKind, type DeckState } from './deck-kinds.ts'
import { type Fields, isObject } from './deck-structs.ts'

export interface DeckEvent {
  readonly operation: 'create' | 'update' | 'delete'
  readonly kind: DeckKind
  readonly entity: Fields
}

/** What has to be done to get from one state to the other. */
export function diff(
  current: DeckState,
  wanted: DeckState,
  defaults: DeckDefaults,
): readonly DeckEvent[] {
  return DECK_KIND_NAMES.flatMap((kind) => {
    const events: DeckEvent[] = []
    for (const [key, entity] of wanted[kind]) {
      const present = current[kind].get(key)
      if (present === undefined) events.push({ operation: 'create', kind, entity })
      else if (!isSame(kind, present, entity, defaults)) {
        events.push({ operation: 'update', kind, entity })
      }
    }
    for (const [key, entity] of current[kind]) {
      if (!wanted[kind].has(key)) events.push({ operation: 'delete', kind, entity })
    }
    return events
  })
}

/** Compared as Go compares structs: the order of lists counts, null and empty are not the same. */
function isSame(kind: DeckKind, present: Fields, wanted: Fields, defaults: DeckDefaults): boolean {
  const complete = kind === 'plugins' ? defaults.fillPlugin(wanted) : wanted
  return isDeepStrictEqual(comparable(kind, present), comparable(kind, complete))
}

/** Without what decK leaves out of the comparison: times, names in references, the hash of a password. */
function comparable(kind: DeckKind, entity: Fields): Fields {
  const { created_at: _created, updated_at: _updated, tags, ...rest } = entity
  if (kind === 'consumer_group_consumers') {
    const { created_at: _joined, ...consumer } = entity.consumer as Fields
    return { ...rest, consumer }
  }
  const compared: Record<string, unknown> = { ...rest }
  for (const field of ['service', 'route', 'consumer', 'consumer_group', 'upstream']) {
    const reference = rest[field]
    if (isObject(reference)) compared[field] = { id: reference.id }
  }
  if (kind === 'basic_auths') delete compared.password
  if (kind === 'plugins') compared.config = sortLists(rest.config)
  // Tags are a set, but those of a consumer group are compared as they are.
  if (kind === 'consumer_groups') compared.tags = tags
  else if (Array.isArray(tags) && tags.length > 0) compared.tags = [...tags].sort()
  return compared
}

/** Lists in the configuration of a plugin are compared without their order. */
function sortLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortLists).sort()
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sortLists(item)]))
}
