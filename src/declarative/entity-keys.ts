import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import type { EntityKind } from '../model/entity.ts'
import { uniqueKeysOf } from '../model/unique-keys.ts'

type Fields = Readonly<Record<string, unknown>>

/** Texts for each set of values that tells an entity from all others of its kind; a certificate is told by itself. */
export function keysOf(kind: EntityKind, fields: Fields): readonly string[] {
  const keys = uniqueKeysOf(kind, fields).map(({ set, values }) => keyText(set, values))
  return kind === 'certificates' ? [keyText(['cert'], [String(fields.cert)])] : keys
}

/** One set of values as a text. */
export function keyText(set: readonly string[], values: readonly (string | null)[]): string {
  return `${set.join(',')} ${JSON.stringify(values)}`
}

/** What the id of an entity is made from: its name alone where there is one, as in Kong; null when nothing tells it. */
export function mintingKey(kind: EntityKind, fields: Fields): string | null {
  const { endpointKey, unique } = ENTITY_DEFINITIONS[kind]
  const isAlone = unique.some((set) => set.length === 1 && set[0] === endpointKey)
  const name = endpointKey === null || !isAlone ? null : fields[endpointKey]
  return typeof name === 'string' ? name : (keysOf(kind, fields)[0] ?? null)
}
