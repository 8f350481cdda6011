import type { CompiledCanary, StickyOn } from '../../variants/compile-canary.ts'
import type { CompiledSplit } from '../../variants/compile-split.ts'

/** What the plugins in force look at in the fields of a request. */
export interface LookedAt {
  /** Lower-case names of the fields that are hashed. */
  readonly hashedHeaders: readonly string[]
  /** Lower-case name of the override header of the canary. */
  readonly overrideHeader: string | null
  /** Names of the cookies that are hashed. */
  readonly cookies: readonly string[]
  /** Expressions of a traffic-split may look at any field. */
  readonly isAnyFieldRead: boolean
  /** They look at the address of the client. */
  readonly isAddressRead: boolean
}

export function lookedAt(canary: CompiledCanary | null, split: CompiledSplit | null): LookedAt {
  const rules = split?.rules ?? []
  const hashed = rules.flatMap(({ sticky }) => sticky?.on ?? [])
  if (canary?.assignment.kind === 'hash') hashed.push(canary.assignment.stickyOn)
  const conditions = rules.flatMap((rule) => rule.conditions ?? [])
  return {
    hashedHeaders: namesOf(hashed, 'header'),
    overrideHeader: canary?.overrideHeader ?? null,
    cookies: namesOf(hashed, 'cookie'),
    isAnyFieldRead: split !== null,
    isAddressRead: conditions.some(({ needsAddress }) => needsAddress),
  }
}

function namesOf(hashed: readonly StickyOn[], source: 'header' | 'cookie'): readonly string[] {
  const names = hashed.flatMap((on) => (on.source === source && 'name' in on ? on.name : []))
  return [...new Set(names)]
}
