import type { LookupFunction } from 'node:net'

/**
 * The lookup of connections to names of which no address is known yet: the one way from a name to an address, so that
 * none leads to where no request may go. Fails with ENOTFOUND.
 */
export function connectionLookup(
  addressesOf: (name: string) => Promise<readonly string[]>,
): LookupFunction {
  return (name, { all, family: asked }, callback) => {
    const answer = async () => {
      const wanted = FAMILIES[String(asked)] ?? 0
      const found = (await addressesOf(name))
        .map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
        .filter(({ family }) => wanted === 0 || wanted === family)
      const [first] = found
      if (first === undefined) callback(noAddress(name), '')
      else if (all === true) callback(null, found)
      else callback(null, first.address, first.family)
    }
    answer().catch((error: Error) => callback(error, ''))
  }
}

const FAMILIES: Readonly<Record<string, 4 | 6>> = { '4': 4, IPv4: 4, '6': 6, IPv6: 6 }

function noAddress(name: string): Error {
  return Object.assign(new Error(`no address of ${name} is known`), { code: 'ENOTFOUND' })
}
