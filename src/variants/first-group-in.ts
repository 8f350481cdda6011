/** The first of the `listed` ACL groups that is among `groups`, or null. */
export function firstGroupIn(
  listed: readonly string[],
  groups: ReadonlySet<string>,
): string | null {
  for (const group of listed) if (groups.has(group)) return group
  return null
}
