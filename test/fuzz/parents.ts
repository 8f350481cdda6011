import { PEM } from '../support/pem.ts'

/** Kinds that others refer to. */
export const PARENT_KINDS = [
  'services',
  'routes',
  'upstreams',
  'consumers',
  'consumer_groups',
  'certificates',
  'ca_certificates',
] as const

export type ParentKind = (typeof PARENT_KINDS)[number]

/** How many of each parent there are. One certificate of an authority is left for the tests to create. */
export const PARENT_COUNTS: Readonly<Record<ParentKind, number>> = {
  services: 4,
  routes: 4,
  upstreams: 4,
  consumers: 4,
  consumer_groups: 2,
  certificates: 2,
  ca_certificates: 1,
}

/**
 * What stands in a generated document for the id of a parent, so that one seed gives one document on every run. Made of
 * characters that no encoding changes.
 */
export function placeholder(kind: ParentKind, index: number): string {
  return `(${kind}.${index})`
}

/** The body that creates one parent. */
export function parentBody(kind: ParentKind, index: number): object {
  switch (kind) {
    case 'services':
      return { name: `parent-${index}`, host: 'parent.test' }
    case 'routes':
      return { name: `parent-${index}`, paths: [`/parent-${index}`] }
    case 'upstreams':
      return { name: `parent-${index}.internal` }
    case 'consumers':
      return { username: `parent-${index}` }
    case 'consumer_groups':
      return { name: `parent-${index}` }
    case 'certificates':
      return index === 0 ? PEM.shop : PEM.other
    case 'ca_certificates':
      return { cert: PEM.rootCa }
  }
}

const PLACEHOLDER = new RegExp(`\\((${PARENT_KINDS.join('|')})\\.(\\d)\\)`, 'g')

/** The text with every placeholder replaced by the id of that parent. */
export function withParents(
  text: string,
  ids: Readonly<Record<ParentKind, readonly string[]>>,
): string {
  return text.replace(
    PLACEHOLDER,
    (whole, kind: ParentKind, index: string) => ids[kind][Number(index)] ?? whole,
  )
}
