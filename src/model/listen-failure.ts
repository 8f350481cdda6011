import { GatewayError } from './errors.ts'
import { type ListenAddress, listenAddressText } from './setting-values.ts'

/** Why an address cannot be listened on, from the error of the system. One wording for every listener. */
export function listenFailure(address: ListenAddress, cause: unknown): GatewayError {
  return new GatewayError('cannot_listen', describe(address, cause), { cause })
}

function describe(address: ListenAddress, cause: unknown): string {
  const text = listenAddressText(address)
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  switch (code) {
    case 'EADDRINUSE':
      return `${text} is taken by another program`
    case 'EACCES':
      return `${text} needs rights that this process does not have`
    case 'EADDRNOTAVAIL':
      return `${text} is no address of this machine`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${text} names a host that cannot be resolved`
    default:
      return `${text} cannot be listened on (${code})`
  }
}
