import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind } from '../model/entity.ts'

/** A list of entities inside of the entity that they belong to. */
export interface Nesting {
  /** Key of the list. */
  readonly key: string
  readonly kind: EntityKind
  /** Foreign key of the nested entities that points at the one around them. */
  readonly field: string
  /** Foreign key that each element names in place of itself: `groups: [{name: gold}]`. */
  readonly names?: string
}

/** decK's lists of memberships, by one end or the other. Source: go-database-reconciler, pkg/file/types.go. */
const MEMBERSHIPS: { readonly [K in EntityKind]?: Nesting } = {
  consumers: {
    key: 'groups',
    kind: 'consumer_group_consumers',
    field: 'consumer',
    names: 'consumer_group',
  },
  consumer_groups: {
    key: 'consumers',
    kind: 'consumer_group_consumers',
    field: 'consumer_group',
    names: 'consumer',
  },
}

/**
 * What may be nested in an entity of a kind: all that has a foreign key to it, under the name of its kind.
 * Source: Kong Gateway 3.9, declarative configuration.
 */
export function nestingsOf(kind: EntityKind): readonly Nesting[] {
  return NESTINGS[kind]
}

const NESTINGS = Object.fromEntries(
  ENTITY_KINDS.map((kind) => [kind, makeNestings(kind)]),
) as unknown as { readonly [K in EntityKind]: readonly Nesting[] }

function makeNestings(kind: EntityKind): readonly Nesting[] {
  const membership = MEMBERSHIPS[kind]
  const children = ENTITY_KINDS.flatMap((child) =>
    Object.entries(ENTITY_DEFINITIONS[child].foreignKeys)
      .filter(([, rule]) => rule.kind === kind && rule.isList !== true)
      .map(([field]): Nesting => ({ key: child, kind: child, field })),
  )
  return membership === undefined ? children : [...children, membership]
}

/** `services` → `service`: what decK calls one of a kind. */
export function singularOf(kind: EntityKind): string {
  return kind.replace(/s$/, '')
}
