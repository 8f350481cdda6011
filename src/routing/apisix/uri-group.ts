import type { ParsedRequest } from '../../model/request.ts'
import { bestEntry } from '../best-entry.ts'
import type { EntrySet } from '../entry-set.ts'
import { radixGet, radixStep } from '../radix-tree.ts'
import type { RouteMatch } from '../route-entry.ts'
import { EMPTY_GROUP, groupWith, groupWithout, type RouteGroup } from '../route-group.ts'
import type { UriEntry } from './apisix-entry.ts'

/** Entries that share a host. Persistent like what it is made of. */
export interface UriGroup {
  readonly exact: RouteGroup
  readonly prefixes: RouteGroup
}

export const EMPTY_URI_GROUP: UriGroup = { exact: EMPTY_GROUP, prefixes: EMPTY_GROUP }

/** The group with one entry more. */
export function uriGroupWith(group: UriGroup, { isExact, text, entry }: UriEntry): UriGroup {
  const kind = isExact ? 'exact' : 'prefixes'
  return { ...group, [kind]: groupWith(group[kind], text, entry) }
}

/** The group without an entry that is in it; null when nothing is left. */
export function uriGroupWithout(
  group: UriGroup,
  { isExact, text, entry }: UriEntry,
): UriGroup | null {
  const kind = isExact ? 'exact' : 'prefixes'
  const rest = { ...group, [kind]: groupWithout(group[kind], text, entry) }
  return isEmpty(rest.exact) && isEmpty(rest.prefixes) ? null : rest
}

/** The exact path is asked first, then prefixes, the longest first; one that fails falls through to the next. */
export function matchUri({ exact, prefixes }: UriGroup, request: ParsedRequest): RouteMatch | null {
  const { path } = request
  const whole = radixGet(exact, path)
  const found = whole === null ? null : bestEntry(whole, request, null)
  if (found !== null) return found
  const passed = setsAlong(prefixes, path)
  for (let i = passed.length - 1; i >= 0; i -= 1) {
    const match = bestEntry(passed[i] as EntrySet, request, null)
    if (match !== null) return match
  }
  return null
}

/** What is at the prefixes of the path, the shortest first. */
function setsAlong(group: RouteGroup, path: string): readonly EntrySet[] {
  const passed: EntrySet[] = []
  let offset = 0
  let node: RouteGroup | null = group
  while (node !== null) {
    if (node.value !== null) passed.push(node.value)
    if (offset === path.length) break
    node = radixStep(node, path, offset)
    if (node !== null) offset += node.label.length
  }
  return passed
}

function isEmpty(group: RouteGroup): boolean {
  return group.value === null && group.children.length === 0
}
