import { isDeepStrictEqual } from 'node:util'
import type { Change, StoredEntity } from '../model/entity.ts'
import { uniqueKeysOf } from '../model/unique-keys.ts'

/**
 * The changes of one transaction in parts that may be compiled one after the other: what goes first, then in one part
 * everything that takes another name, since names may be swapped, then the rest.
 */
export function* changeSlices(changes: readonly Change[], size: number): Generator<Change[]> {
  const { gone = [], renamed = [], other = [] } = Object.groupBy(changes, turnOf)
  yield* inParts(gone, size)
  if (renamed.length > 0) yield renamed
  yield* inParts(other, size)
}

function turnOf({ before, after }: Change): 'gone' | 'renamed' | 'other' {
  if (after === null) return 'gone'
  return before === null || isDeepStrictEqual(keysOf(before), keysOf(after)) ? 'other' : 'renamed'
}

function keysOf({ kind, entity }: StoredEntity) {
  return uniqueKeysOf(kind, entity as unknown as Readonly<Record<string, unknown>>)
}

function* inParts(changes: readonly Change[], size: number): Generator<Change[]> {
  for (let start = 0; start < changes.length; start += size) {
    yield changes.slice(start, start + size)
  }
}
