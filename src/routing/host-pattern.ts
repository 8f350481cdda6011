/** One entry of a route's `hosts`, taken apart. */
export interface HostPattern {
  /** `prefix`: `text` begins the host (`api.*`); `suffix`: it ends the host (`*.example.com`). */
  readonly kind: 'exact' | 'prefix' | 'suffix'
  /** Lower-case; with the dot beside the `*`, without the `*`. */
  readonly text: string
  /** null: any port. */
  readonly port: number | null
}

/** Takes `host`, `*.host` or `host.*`, each with or without `:port`, apart. The entity is valid. */
export function parseHostPattern(host: string): HostPattern {
  const colon = portColon(host)
  const name = (colon === -1 ? host : host.slice(0, colon)).toLowerCase()
  const port = colon === -1 ? null : Number(host.slice(colon + 1))
  if (name.startsWith('*')) return { kind: 'suffix', text: name.slice(1), port }
  if (name.endsWith('*')) return { kind: 'prefix', text: name.slice(0, -1), port }
  return { kind: 'exact', text: name, port }
}

/** Index of the colon before a port; -1 without one. Colons of a bare IPv6 address are none. */
function portColon(host: string): number {
  const colon = host.lastIndexOf(':')
  if (colon === -1 || colon === host.length - 1) return -1
  const isAfterName = host.indexOf(':') === colon || host.charAt(colon - 1) === ']'
  const isInBrackets = host.indexOf(']', colon) !== -1
  return isAfterName && !isInBrackets ? colon : -1
}
