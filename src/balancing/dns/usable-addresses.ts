import { isForbiddenDestination } from '../../model/addresses.ts'
import { parseIpAddress } from '../../model/ip-address.ts'

/**
 * Divides what a name resolved to: addresses that requests may go to, each once, in one spelling and one order; and
 * those that no request may go to, whoever names them (reliability.md section 14).
 */
export function divideAddresses(found: readonly string[]): {
  readonly usable: readonly string[]
  readonly refused: readonly string[]
} {
  const usable = new Set<string>()
  const refused = new Set<string>()
  for (const text of found) {
    const host = parseIpAddress(text)?.text
    const isUsable =
      host !== undefined &&
      !host.includes('%') &&
      !isForbiddenDestination({ type: host.includes(':') ? 'ipv6' : 'ipv4', host, port: null })
    if (isUsable) usable.add(host)
    else refused.add(text)
  }
  return { usable: [...usable].sort(), refused: [...refused].sort() }
}
