import { lookup, Resolver } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { SerialQueue } from '../../model/serial-queue.ts'
import type { AddressRecordType } from '../../model/setting-values.ts'
import { type HostsTable, parseHostsTable } from './hosts-table.ts'
import { ParsedFile } from './parsed-file.ts'
import { candidateNames, parseSearchRules, type SearchRules } from './search-rules.ts'

/** What was found of a name, before it is looked at which addresses may be used. */
export type Resolution =
  | { readonly kind: 'found'; readonly addresses: readonly string[]; readonly ttlMs: number }
  /** `cause`: codes of c-ares or the C library, for the log. */
  | { readonly kind: 'absent' | 'failed'; readonly cause: string }

export interface NameResolverOptions {
  /** Addresses of name servers, `ip` or `ip:port`; empty: those of the system. */
  readonly servers: readonly string[]
  /** Kinds of records, in the order to ask: the first of which there are any is used. */
  readonly order: readonly AddressRecordType[]
  readonly hostsFile: string
  readonly resolvConfFile: string
}

/** One question to a name server, and the next one twice as long. */
const QUERY_TIMEOUT_MS = 1_000
const QUERY_TRIES = 2
/** All questions about one name together. */
const RESOLUTION_TIMEOUT_MS = 5_000
/** Of what has no TTL: the hosts file and the C library. */
const UNTIMED_TTL_MS = 30_000
/** There are no such records. */
const NO_RECORDS: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])
/** Nobody answers: the C library would wait for the same servers, on one of the few threads of the process. */
const SILENCE: ReadonlySet<string> = new Set(['ETIMEOUT', 'ECANCELLED'])

/**
 * Finds the addresses of names: in the hosts file; from name servers, with the search domains of resolv.conf; at last,
 * unless other servers are set or nobody answers, from the C library, which knows sources of its own (nsswitch.conf).
 */
export class NameResolver {
  readonly #options: NameResolverOptions
  readonly #hosts: ParsedFile<HostsTable>
  readonly #rules: ParsedFile<SearchRules>
  readonly #underway = new Set<Resolver>()
  readonly #systemLookups = new SerialQueue()

  constructor(options: NameResolverOptions) {
    this.#options = options
    this.#hosts = new ParsedFile(options.hostsFile, parseHostsTable)
    this.#rules = new ParsedFile(options.resolvConfFile, parseSearchRules)
  }

  /** Takes at most some seconds. Never fails: what went wrong is in the answer. */
  async resolve(name: string): Promise<Resolution> {
    try {
      const hosts = (await this.#hosts.current()).get(name)
      if (hosts !== undefined) return found(this.#firstKind(hosts), UNTIMED_TTL_MS)
      const answer = await this.#askServers(name)
      const isFinal = answer.kind === 'found' || this.#options.servers.length > 0
      if (isFinal || SILENCE.has(answer.cause)) return answer
      return await this.#systemLookups.run(() => this.#askSystem(name, answer))
    } catch (error) {
      return { kind: 'failed', cause: codeOf(error) }
    }
  }

  /** Gives up what is under way. */
  close(): void {
    for (const resolver of this.#underway) resolver.cancel()
  }

  async #askServers(name: string): Promise<Resolution> {
    const candidates = candidateNames(name, await this.#rules.current())
    // A new one each time: the servers in resolv.conf may have changed.
    const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES })
    const { servers } = this.#options
    if (servers.length > 0) resolver.setServers(servers)
    this.#underway.add(resolver)
    const deadline = setTimeout(() => resolver.cancel(), RESOLUTION_TIMEOUT_MS)
    try {
      return await this.#askOneByOne(resolver, candidates)
    } catch (error) {
      return { kind: 'failed', cause: codeOf(error) }
    } finally {
      clearTimeout(deadline)
      this.#underway.delete(resolver)
    }
  }

  async #askOneByOne(resolver: Resolver, candidates: readonly string[]): Promise<Resolution> {
    let cause = 'ENOTFOUND'
    for (const candidate of candidates) {
      for (const type of this.#options.order) {
        try {
          const records = await recordsOf(resolver, candidate, type)
          const ttlSeconds = Math.min(...records.map(({ ttl }) => ttl))
          const addresses = records.map(({ address }) => address)
          if (addresses.length > 0) return found(addresses, ttlSeconds * 1_000)
        } catch (error) {
          cause = codeOf(error)
          if (!NO_RECORDS.has(cause)) throw error
        }
      }
    }
    return { kind: 'absent', cause }
  }

  async #askSystem(name: string, before: Resolution): Promise<Resolution> {
    try {
      const addresses = await lookup(name, { all: true })
      return found(this.#firstKind(addresses.map(({ address }) => address)), UNTIMED_TTL_MS)
    } catch (error) {
      const cause = codeOf(error)
      const kind = before.kind === 'absent' && cause === 'ENOTFOUND' ? 'absent' : 'failed'
      return { kind, cause }
    }
  }

  #firstKind(addresses: readonly string[]): readonly string[] {
    for (const type of this.#options.order) {
      const ofType = addresses.filter((address) => isIPv6(address) === (type === 'AAAA'))
      if (ofType.length > 0) return ofType
    }
    return []
  }
}

function recordsOf(
  resolver: Resolver,
  name: string,
  type: AddressRecordType,
): Promise<{ readonly address: string; readonly ttl: number }[]> {
  return type === 'A'
    ? resolver.resolve4(name, { ttl: true })
    : resolver.resolve6(name, { ttl: true })
}

function found(addresses: readonly string[], ttlMs: number): Resolution {
  return addresses.length > 0
    ? { kind: 'found', addresses, ttlMs }
    : { kind: 'absent', cause: 'ENODATA' }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return String(error)
}
