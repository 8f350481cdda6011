import { Map as ImmutableMap } from 'immutable'
import { nameToResolve, parseAuthority } from '../../model/addresses.ts'
import { type Change, isOf } from '../../model/entity.ts'

type Counts = ImmutableMap<string, number>

/** How often a configuration has each name, in lower case: kept along with it, so that no change needs to read it all. */
export type NameUses = Readonly<Record<Role, Counts>>

/** `hosts` are those of services and canary plugins: host names, or upstreams. */
type Role = 'targets' | 'hosts' | 'upstreams'

export const NO_NAME_USES: NameUses = {
  targets: ImmutableMap(),
  hosts: ImmutableMap(),
  upstreams: ImmutableMap(),
}

/** The uses after a transaction. */
export function advanceNameUses(uses: NameUses, changes: readonly Change[]): NameUses {
  const advanced: Record<Role, Counts> = { ...uses }
  for (const { name, role, step } of namedIn(changes)) {
    advanced[role] = counted(advanced[role], name, step)
  }
  return advanced
}

/** Names that a transaction may have brought into use, or out of it. */
export function touchedNames(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(namedIn(changes).map(({ name }) => name))
}

/** Whether a name, in lower case, is to be kept resolved: not for a service alone that is at an upstream. */
export function isInUse({ targets, hosts, upstreams }: NameUses, name: string): boolean {
  return targets.has(name) || (hosts.has(name) && !upstreams.has(name))
}

/** Every name that is in use. */
export function* namesInUse(uses: NameUses): Generator<string> {
  yield* uses.targets.keys()
  for (const name of uses.hosts.keys()) {
    if (!uses.targets.has(name) && isInUse(uses, name)) yield name
  }
}

interface Naming {
  readonly name: string
  readonly role: Role
  readonly step: 1 | -1
}

function namedIn(changes: readonly Change[]): Naming[] {
  return changes.flatMap((change) => [
    ...namingOf(change, change.before, -1),
    ...namingOf(change, change.after, 1),
  ])
}

function namingOf(change: Change, version: Change['after'], step: Naming['step']): Naming[] {
  const [role, host] = hostIn({ ...change, after: version })
  const name = host === null ? null : nameToResolve(host)
  return name === null ? [] : [{ name, role, step }]
}

/** What the version after a change names, and as what. */
function hostIn(change: Change): readonly [Role, string | null] {
  if (isOf(change, 'targets')) {
    return ['targets', parseAuthority(change.after?.entity.target ?? '')?.host ?? null]
  }
  if (isOf(change, 'services')) return ['hosts', change.after?.entity.host ?? null]
  if (isOf(change, 'upstreams')) return ['upstreams', change.after?.entity.name ?? null]
  if (isOf(change, 'plugins') && change.after?.entity.name === 'canary') {
    return ['hosts', change.after.entity.config.upstream_host]
  }
  return ['hosts', null]
}

function counted(counts: Counts, name: string, step: number): Counts {
  const left = (counts.get(name) ?? 0) + step
  return left > 0 ? counts.set(name, left) : counts.delete(name)
}
