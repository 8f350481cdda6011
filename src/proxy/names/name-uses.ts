import { Map as ImmutableMap } from 'immutable'
import { nameToResolve, parseAuthority } from '../../model/addresses.ts'
import { type Change, isOf } from '../../model/entity.ts'
import { inlineUpstreamsIn } from '../../model/inline-upstreams.ts'

type Counts = ImmutableMap<string, number>

/** How often a configuration has each name: kept along with it, so that no change needs to read it all. */
export interface NameUses {
  /** Of targets and of nodes of inline upstreams, in lower case. */
  readonly targets: Counts
  /**
   * Of services and canary plugins, by the name in lower case and then by its spelling: it is a host name, unless an
   * upstream is spelled the same.
   */
  readonly hosts: ImmutableMap<string, Counts>
  /** Of upstreams, as spelled. */
  readonly upstreams: Counts
}

export const NO_NAME_USES: NameUses = {
  targets: ImmutableMap(),
  hosts: ImmutableMap(),
  upstreams: ImmutableMap(),
}

/** The uses after a transaction. */
export function advanceNameUses(uses: NameUses, changes: readonly Change[]): NameUses {
  return namedIn(changes).reduce(usesAfter, uses)
}

/** Names, in lower case, that a transaction may have brought into use, or out of it. */
export function touchedNames(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(namedIn(changes).map(({ name }) => name))
}

/** Whether a name, in lower case, is to be kept resolved: not for a service alone that is at an upstream. */
export function isInUse({ targets, hosts, upstreams }: NameUses, name: string): boolean {
  if (targets.has(name)) return true
  const spellings = hosts.get(name)
  return spellings?.some((_count, spelling) => !upstreams.has(spelling)) ?? false
}

/** Every name that is in use, in lower case. */
export function* namesInUse(uses: NameUses): Generator<string> {
  yield* uses.targets.keys()
  for (const name of uses.hosts.keys()) {
    if (!uses.targets.has(name) && isInUse(uses, name)) yield name
  }
}

interface Naming {
  /** In lower case. */
  readonly name: string
  readonly spelling: string
  readonly role: keyof NameUses
  readonly step: 1 | -1
}

function usesAfter(uses: NameUses, { name, spelling, role, step }: Naming): NameUses {
  switch (role) {
    case 'targets':
      return { ...uses, targets: counted(uses.targets, name, step) }
    case 'upstreams':
      return { ...uses, upstreams: counted(uses.upstreams, spelling, step) }
    case 'hosts': {
      const spellings = counted(uses.hosts.get(name) ?? ImmutableMap(), spelling, step)
      const hosts = spellings.isEmpty() ? uses.hosts.delete(name) : uses.hosts.set(name, spellings)
      return { ...uses, hosts }
    }
  }
}

function namedIn(changes: readonly Change[]): Naming[] {
  return changes.flatMap((change) => [
    ...namingOf(change, change.before, -1),
    ...namingOf(change, change.after, 1),
  ])
}

function namingOf(change: Change, version: Change['after'], step: Naming['step']): Naming[] {
  const [role, hosts] = hostsIn({ ...change, after: version })
  return hosts.flatMap((host) => {
    const name = host === null ? null : nameToResolve(host)
    return host === null || name === null ? [] : [{ name, spelling: host, role, step }]
  })
}

/** What the version after a change names, and as what. */
function hostsIn(change: Change): readonly [keyof NameUses, readonly (string | null)[]] {
  if (isOf(change, 'targets')) {
    return ['targets', [parseAuthority(change.after?.entity.target ?? '')?.host ?? null]]
  }
  if (isOf(change, 'services')) return ['hosts', [change.after?.entity.host ?? null]]
  if (isOf(change, 'upstreams')) return ['upstreams', [change.after?.entity.name ?? null]]
  if (isOf(change, 'plugins')) {
    const plugin = change.after?.entity
    if (plugin?.name === 'canary') return ['hosts', [plugin.config.upstream_host]]
    const inline = inlineUpstreamsIn(plugin)
    return ['targets', inline.flatMap(({ upstream }) => upstream.nodes.map(({ host }) => host))]
  }
  return ['hosts', []]
}

function counted(counts: Counts, name: string, step: number): Counts {
  const left = (counts.get(name) ?? 0) + step
  return left > 0 ? counts.set(name, left) : counts.delete(name)
}
