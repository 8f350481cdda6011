import { Map as ImmutableMap } from 'immutable'
import { type Change, isOf } from '../../model/entity.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { normalServerName } from '../../model/sni.ts'

/** Ids of certificates by the normal form of the names they are shown for, wildcards as they are written. */
export type ServerNames = ImmutableMap<string, string>

export const NO_SERVER_NAMES: ServerNames = ImmutableMap()

/** The names after a transaction; the same object when none of them is concerned. */
export function advanceServerNames(
  names: ServerNames,
  next: Snapshot,
  changes: readonly Change[],
): ServerNames {
  const own = changes.filter((change) => isOf(change, 'snis'))
  if (own.length === 0) return names
  const freed = new Set<string>()
  return names.withMutations((advanced) => {
    for (const { before } of own) {
      if (before === null) continue
      freed.add(normalServerName(before.entity.name))
      advanced.delete(normalServerName(before.entity.name))
    }
    for (const { after } of own) {
      if (after === null) continue
      const { name, certificate } = after.entity
      freed.delete(normalServerName(name))
      advanced.set(normalServerName(name), certificate.id)
    }
    if (freed.size > 0) addOtherSpellings(advanced, next, freed)
  })
}

/** The certificate of a server name in its normal form: the name itself, else `*.rest`, else `rest.*`, as in Kong. */
export function certificateIdOf(names: ServerNames, serverName: string): string | null {
  const exact = names.get(serverName)
  if (exact !== undefined) return exact
  const first = serverName.indexOf('.')
  if (first === -1) return null
  const last = serverName.lastIndexOf('.')
  return (
    names.get(`*${serverName.slice(first)}`) ?? names.get(`${serverName.slice(0, last)}.*`) ?? null
  )
}

/** Two SNIs may differ in case only: when one goes, the other one is what is left. */
function addOtherSpellings(
  advanced: ServerNames,
  next: Snapshot,
  freed: ReadonlySet<string>,
): void {
  for (const { entity } of next.tables.snis.values()) {
    const name = normalServerName(entity.name)
    if (freed.has(name)) advanced.set(name, entity.certificate.id)
  }
}
