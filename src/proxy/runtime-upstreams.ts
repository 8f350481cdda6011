import { isDeepStrictEqual } from 'node:util'
import type { Map as ImmutableMap } from 'immutable'
import { type CompiledUpstream, compileUpstream } from '../balancing/compile-upstream.ts'
import type { NameAddresses } from '../balancing/dns/name-addresses.ts'
import { compileInlineUpstream } from '../balancing/inline-upstream.ts'
import { type Change, isOf } from '../model/entity.ts'
import { inlineUpstreamsIn } from '../model/inline-upstreams.ts'
import { entityById, type Snapshot } from '../model/snapshot.ts'
import type { Target } from '../model/target.ts'

/** Inline upstreams of plugins among them, whose names are their ids. */
export type UpstreamsByName = ImmutableMap<string, CompiledUpstream>

/** What upstreams are compiled from, and what they were before. */
interface UpstreamSources {
  readonly upstreamsByName: UpstreamsByName
  readonly addresses: NameAddresses
}

/** The upstreams after a transaction: those that it touched are compiled anew. */
export function advanceUpstreams(
  { upstreamsByName, addresses }: UpstreamSources,
  next: Snapshot,
  changes: readonly Change[],
): UpstreamsByName {
  const affected = new Set<string>()
  return upstreamsByName.withMutations((advanced) => {
    for (const change of changes) {
      if (isOf(change, 'upstreams')) {
        affected.add(change.id)
        if (change.before !== null) advanced.delete(change.before.entity.name)
      } else if (isOf(change, 'targets')) {
        for (const target of [change.before, change.after]) {
          if (target !== null) affected.add(target.entity.upstream.id)
        }
      } else if (isOf(change, 'plugins')) {
        advanceInline(advanced, change, addresses)
      }
    }
    for (const upstream of compileThose(affected, next, addresses)) {
      advanced.set(upstream.name, upstream)
    }
  })
}

/** Those of a plugin that stay as they are are not compiled again: most often only weights of items change. */
function advanceInline(
  advanced: UpstreamsByName,
  { before, after }: Change<'plugins'>,
  addresses: NameAddresses,
): void {
  const previous = new Map(
    inlineUpstreamsIn(before?.entity).map(({ id, upstream }) => [id, upstream]),
  )
  for (const placed of inlineUpstreamsIn(after?.entity)) {
    if (!isDeepStrictEqual(previous.get(placed.id), placed.upstream)) {
      advanced.set(placed.id, compileInlineUpstream(placed, addresses))
    }
    previous.delete(placed.id)
  }
  for (const id of previous.keys()) advanced.delete(id)
}

/** The upstreams once `addresses` are known: those with a target at one of `names` are compiled anew. */
export function upstreamsWithNames(
  { upstreamsByName, addresses, snapshot }: UpstreamSources & { readonly snapshot: Snapshot },
  names: Pick<ReadonlySet<string>, 'has'>,
): { readonly upstreamsByName: UpstreamsByName; readonly recompiled: readonly CompiledUpstream[] } {
  const affected = new Set<string>()
  for (const { id, allPeers } of upstreamsByName.values()) {
    if (allPeers.some(({ host }) => names.has(host.toLowerCase()))) affected.add(id)
  }
  const recompiled = [
    ...compileThose(affected, snapshot, addresses),
    ...compileInline(affected, snapshot, addresses),
  ]
  return {
    recompiled,
    upstreamsByName: upstreamsByName.withMutations((advanced) => {
      for (const upstream of recompiled) advanced.set(upstream.name, upstream)
    }),
  }
}

function compileThose(
  ids: ReadonlySet<string>,
  snapshot: Snapshot,
  addresses: NameAddresses,
): CompiledUpstream[] {
  if (ids.size === 0) return []
  const targets = targetsByUpstream(snapshot, ids)
  return [...ids].flatMap((id) => {
    const upstream = entityById(snapshot, 'upstreams', id)?.entity
    return upstream === undefined
      ? []
      : [compileUpstream(upstream, targets.get(id) ?? [], addresses)]
  })
}

function compileInline(
  ids: ReadonlySet<string>,
  snapshot: Snapshot,
  addresses: NameAddresses,
): CompiledUpstream[] {
  if (ids.size === 0) return []
  return [...snapshot.tables.plugins.values()].flatMap(({ entity }) =>
    inlineUpstreamsIn(entity)
      .filter(({ id }) => ids.has(id))
      .map((placed) => compileInlineUpstream(placed, addresses)),
  )
}

function targetsByUpstream(snapshot: Snapshot, ids: ReadonlySet<string>): Map<string, Target[]> {
  const grouped = new Map<string, Target[]>()
  for (const { entity } of snapshot.tables.targets.values()) {
    if (!ids.has(entity.upstream.id)) continue
    const group = grouped.get(entity.upstream.id)
    if (group === undefined) grouped.set(entity.upstream.id, [entity])
    else group.push(entity)
  }
  return grouped
}
