import { isIP } from 'node:net'

/** Addresses by name, in lower case (hosts(5)). */
export type HostsTable = ReadonlyMap<string, readonly string[]>

/** Reads a hosts file: an address and its names per line; `#` begins a comment, and other lines are left out. */
export function parseHostsTable(text: string): HostsTable {
  const table = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isIP(address) === 0) continue
    for (const name of names) {
      const known = table.get(name.toLowerCase())
      if (known === undefined) table.set(name.toLowerCase(), [address])
      else known.push(address)
    }
  }
  return table
}
