import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { isForbiddenDestination, parseAuthority } from '../../model/addresses.ts'

/**
 * The lookup of the gateway's own calls: what is connected to is what was checked, so that a name cannot lead to where
 * no request may go (link-local, metadata, multicast), also not one whose answer changes. Fails with EFORBIDDEN.
 */
export const checkedLookup: LookupFunction = (name, options, callback) => {
  lookup(name, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, '')
    const allowed = found.filter(({ address }) => !isForbidden(address))
    const [first] = allowed
    if (first === undefined) return callback(forbidden(name), '')
    if (options.all === true) return callback(null, allowed)
    return callback(null, first.address, first.family)
  })
}

/** Whether a host as URLs have it is an address to which no request may go; false for names. */
export function isForbidden(host: string): boolean {
  const authority = parseAuthority(host)
  return authority !== null && isForbiddenDestination(authority)
}

function forbidden(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name} leads to an address that is not allowed`), {
    code: 'EFORBIDDEN',
  })
}
