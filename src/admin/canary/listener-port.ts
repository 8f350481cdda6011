import type { Scheme } from '../../model/request.ts'

/** Port of the first of these addresses (`host:port`, with ` ssl` behind one over TLS) that speaks the scheme; 0 for none. */
export function listenerPort(addresses: readonly string[], scheme: Scheme): number {
  const isWanted = (address: string) => address.endsWith(TLS_MARK) === (scheme === 'https')
  const address = addresses.find(isWanted)?.replace(TLS_MARK, '') ?? ''
  return Number(address.slice(address.lastIndexOf(':') + 1))
}

const TLS_MARK = ' ssl'
