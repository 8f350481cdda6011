import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NameResolver, type NameResolverOptions } from '../../../src/proxy/names/name-resolver.ts'
import { startDns, type TestDns } from '../../support/dns-server.ts'

let dns: TestDns
let folder: string

beforeEach(async () => {
  dns = await startDns({
    'shop.test': { A: ['10.0.0.1', '10.0.0.2'], AAAA: ['fd00::1'], ttl: 42 },
    'six.test': { AAAA: ['fd00::6'], ttl: 5 },
    'short.cluster.test': { A: ['10.0.0.9'] },
  })
  folder = mkdtempSync(join(tmpdir(), 'names-'))
})

afterEach(async () => {
  await dns.close()
  rmSync(folder, { recursive: true })
})

function resolver(options: Partial<NameResolverOptions> = {}): NameResolver {
  return new NameResolver({
    servers: [dns.address],
    order: ['A', 'AAAA'],
    hostsFile: join(folder, 'hosts'),
    resolvConfFile: join(folder, 'resolv.conf'),
    ...options,
  })
}

describe('a name', () => {
  it('has the addresses and the TTL that its server says', async () => {
    const answer = await resolver().resolve('shop.test')
    expect(answer).toMatchObject({ kind: 'found', ttlMs: 42_000 })
    expect(answer.kind === 'found' && answer.addresses.toSorted()).toEqual(['10.0.0.1', '10.0.0.2'])
  })

  it.each([
    [['A', 'AAAA'], 'six.test', 'fd00::6'],
    [['AAAA', 'A'], 'shop.test', 'fd00::1'],
  ] as const)('in the order %j of kinds: %s has %s', async (order, name, address) => {
    expect(await resolver({ order }).resolve(name)).toMatchObject({ addresses: [address] })
  })

  it('has no address when there is none of the kinds asked for', async () => {
    const answer = await resolver({ order: ['A'] }).resolve('six.test')
    expect(answer).toEqual({ kind: 'absent', cause: 'ENODATA' })
  })

  it('is absent when its server denies it', async () => {
    expect(await resolver().resolve('nowhere.test')).toEqual({ kind: 'absent', cause: 'ENOTFOUND' })
  })

  it('is completed with the search domains of resolv.conf', async () => {
    writeFileSync(join(folder, 'resolv.conf'), 'search svc.test cluster.test\noptions ndots:5\n')
    expect(await resolver().resolve('short')).toMatchObject({ addresses: ['10.0.0.9'] })
    expect(dns.asked.slice(0, 2)).toEqual(['short.svc.test A', 'short.svc.test AAAA'])
  })

  it('is looked for in the hosts file first, as it is at the time', async () => {
    const names = resolver()
    writeFileSync(join(folder, 'hosts'), '10.1.1.1 shop.test\n')
    expect(await names.resolve('shop.test')).toMatchObject({ addresses: ['10.1.1.1'] })
    writeFileSync(
      join(folder, 'hosts'),
      '10.1.1.1 shop.test\nfd00::9 shop.test\n10.1.1.2 shop.test',
    )
    expect(await names.resolve('shop.test')).toMatchObject({ addresses: ['10.1.1.1', '10.1.1.2'] })
    expect(dns.asked).toEqual([])
  })
})

describe('a server', () => {
  it('that breaks leaves the name undecided, and the second kind is not asked for', async () => {
    dns.mood = 'broken'
    expect(await resolver().resolve('shop.test')).toEqual({ kind: 'failed', cause: 'ESERVFAIL' })
    expect(dns.asked.filter((question) => question.endsWith('AAAA'))).toEqual([])
  })

  it('that is silent leaves it undecided', async () => {
    dns.mood = 'silent'
    expect(await resolver().resolve('shop.test')).toEqual({ kind: 'failed', cause: 'ETIMEOUT' })
  })

  it('is not waited for once the resolver is closed', async () => {
    dns.mood = 'silent'
    const names = resolver()
    const answer = names.resolve('shop.test')
    await expect.poll(() => dns.asked.length).toBeGreaterThan(0)
    names.close()
    expect(await answer).toEqual({ kind: 'failed', cause: 'ECANCELLED' })
  })
})
