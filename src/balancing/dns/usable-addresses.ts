import { isForbiddenDestination } from '../../model/addresses.ts'
import { parseIpAddress } from '../../model/ip-address.ts'

/** Far more than anybody balances over; laying out a hash ring of thousands would hold up requests. */
const MOST_ADDRESSES = 256

/**
 * Divides what a name resolved to: addresses that requests may go to, each once, in one spelling and one order, and
 * 256 at most; and those that no request goes to: forbidden ones, whoever names them (reliability.md section 14), and
 * those beyond that number.
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
  const inOrder = [...usable].sort()
  return {
    usable: inOrder.slice(0, MOST_ADDRESSES),
    refused: [...refused, ...inOrder.slice(MOST_ADDRESSES)].sort(),
  }
}
