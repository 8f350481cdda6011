import { NameResolver } from '../../src/proxy/names/name-resolver.ts'

/** Names as a gateway resolves them that was told nothing else. */
export function systemNames(): NameResolver {
  return new NameResolver({
    servers: [],
    order: ['A', 'AAAA'],
    hostsFile: '/etc/hosts',
    resolvConfFile: '/etc/resolv.conf',
  })
}
