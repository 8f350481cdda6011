import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type RecordedGateway, startRecordedGateway } from '../../support/recorded-gateway.ts'
import { releaseAnswer } from '../../support/release-answers.ts'
import { runCanary } from '../../support/run-canary.ts'
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts'

describe('a share by hand', () => {
  let gateway: TestGateway

  beforeEach(async () => {
    gateway = await startTestGateway()
    await gateway.admin('POST', '/services', { name: 'shop', host: '127.0.0.1', port: 9001 })
  })

  afterEach(() => gateway.stop())

  const run = (...args: string[]) =>
    runCanary(args, { env: { CANARY_ADMIN_URL: gateway.node.admin } })

  const addCanary = (config: object, rest: object = {}) =>
    gateway.admin<{ id: string }>('POST', '/services/shop/plugins', {
      name: 'canary',
      config: { upstream_port: 9002, percentage: 5, ...config },
      ...rest,
    })

  const canaryNow = () =>
    gateway.admin<{ share_percent: number; source: { enabled: boolean } | null }>(
      'GET',
      '/services/shop/canary',
    )

  test('share creates the canary of a service that has none, once told where it is', async () => {
    const without = await run('share', 'shop', '5%')
    expect(without.code).toBe(1)
    expect(without.err).toBe(
      'canary: service shop has no canary yet; say where the new version is: --upstream-host HOST and --upstream-port PORT create one for this service\n',
    )
    const { code, out, err } = await run('share', 'shop', '0.5', '--upstream-port', '9002')
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(
      'share of shop: 0.5 % (was 0 %), from the next request on\nyou can: canary why shop --consumer NAME | canary rollback shop\n',
    )
    expect(await canaryNow()).toMatchObject({ share_percent: 0.5 })
  })

  test('flip sets it to 100, enables it, and says who does not follow', async () => {
    await addCanary({ never_groups: ['bank'] }, { enabled: false })
    const { out } = await run('flip', 'shop')
    expect(out).toContain('share of shop: 100 % (was 0 %)')
    expect(out).toContain('never_groups (bank) stay on the primary\n')
    expect(await canaryNow()).toMatchObject({ share_percent: 100, source: { enabled: true } })
  })

  test('share is refused where groups decide, with what to do', async () => {
    await addCanary({ hash: 'allow', groups: ['testers'] })
    const refused = await run('share', 'shop', '5')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('decides by groups (hash: allow), where a share means nothing')
    expect((await run('share', 'shop', '5', '--hash', 'ip')).code).toBe(0)
    expect(await canaryNow()).toMatchObject({ share_percent: 5 })
  })

  test('rollback takes everybody back: share 0, and disabled where groups would stay', async () => {
    await addCanary({})
    expect((await run('rollback', 'shop')).out).toBe(
      'everybody of shop is on the primary, from the next request on\nyou can: canary share shop 5%\n',
    )
    expect(await canaryNow()).toMatchObject({ share_percent: 0, source: { enabled: true } })
    expect((await run('rollback', 'shop')).out).toContain('nothing was changed')
    const { data } = await gateway.admin<{ data: { id: string }[] }>('GET', '/plugins')
    await gateway.admin('PATCH', `/plugins/${data[0]?.id}`, {
      config: { always_groups: ['testers'] },
    })
    await run('rollback', 'shop')
    expect(await canaryNow()).toMatchObject({ share_percent: 0, source: { enabled: false } })
  })

  test('rollback takes back what comes from a route, and from a canary of all services', async () => {
    const route = await gateway.admin<{ id: string }>('POST', '/services/shop/routes', {
      paths: ['/'],
    })
    const config = { upstream_port: 9002, percentage: 50, hash: 'header', hash_header: 'x-user' }
    await gateway.admin('POST', '/plugins', { name: 'canary', config })
    await gateway.admin('POST', `/routes/${route.id}/plugins`, { name: 'canary', config })
    const { code, err } = await run('rollback', 'shop')
    expect([code, err]).toEqual([0, ''])
    expect(await canaryNow()).toMatchObject({
      share_percent: 0,
      source: { scope: 'service' },
      overrides: [{ share_percent: 0 }],
    })
    const { data } = await gateway.admin<{ data: { config: object }[] }>('GET', '/plugins')
    expect(data.map((plugin) => plugin.config)).toContainEqual(
      expect.objectContaining({ percentage: 50 }),
    )
  })

  test('why tells the side, the sentence and the numbers', async () => {
    await addCanary({ hash: 'ip', salt: 'shop-v2', percentage: 100 })
    const { code, out } = await run('why', 'shop', '--ip', '10.1.2.3')
    expect(code).toBe(0)
    expect(out).toMatch(
      /^canary\n.*10\.1\.2\.3.*\nrule hash, ip 10\.1\.2\.3, salt shop-v2, bucket [\d ]+, canary below 4 294 967 296, share 100 %\n$/,
    )
    const refused = await run('why', 'shop', '--ip', 'nowhere')
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain("'nowhere' is not an IP address")
  })

  test.each([
    ['share', 'shop', '101%'],
    ['share', 'shop', '0.0001'],
    ['share', 'shop', 'half'],
    ['flip'],
  ])('%s %s %s is a usage error', async (...args) => {
    expect((await run(...args.filter((arg) => arg !== undefined))).code).toBe(2)
  })

  test('a service that does not exist is named', async () => {
    const { code, err } = await run('rollback', 'shopp')
    expect(code).toBe(1)
    expect(err).toContain('shopp')
  })
})

describe('while a release of the service is live', () => {
  let gateway: RecordedGateway

  beforeEach(async () => {
    gateway = await startRecordedGateway()
    const data = [releaseAnswer({ phase: 'failed' }), releaseAnswer()]
    gateway.answer('GET', '/releases?service=shop', { body: { data, next: null } })
  })

  afterEach(() => gateway.stop())

  const run = (...args: string[]) => runCanary(args, { env: { CANARY_ADMIN_URL: gateway.url } })

  test.each([
    [['share', 'shop', '5%'], 'use it: canary release jump shop-v2 STEP; or end it first: '],
    [['share', 'shop', '0'], 'use it: canary release rollback shop-v2; or end it first: '],
    [['flip', 'shop'], 'use it: canary release promote shop-v2; or end it first: '],
  ])('%j is refused, with what to do', async (args, instead) => {
    const { code, err } = await run(...args)
    expect(code).toBe(1)
    expect(err).toContain('release shop-v2 (progressing) moves the traffic of this service')
    expect(err).toContain(`${instead}canary release rollback shop-v2\n`)
    expect(gateway.seen.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('rollback rolls the release back', async () => {
    const release = releaseAnswer({ phase: 'rolled-back', share_percent: 0 })
    gateway.answer('POST', `/releases/${release.id}/rollback`, {
      body: { changed: true, message: 'it is rolled back', release },
    })
    const { code, out } = await run('rollback', 'shop', '--reason', 'errors')
    expect(code).toBe(0)
    expect(out).toContain('shop-v2: it is rolled back\n✖ rolled-back\n')
    expect(gateway.seen.at(-1)?.body).toEqual({ reason: 'errors' })
  })
})
