import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { VERBS } from '../../../src/cli/release/verbs.ts'
import { clock } from '../../../src/cli/text/numbers.ts'
import { planOf } from '../../releases/plan/plan-fixture.ts'
import { type RecordedGateway, startRecordedGateway } from '../../support/recorded-gateway.ts'
import { event, moment, releaseAnswer, T0 } from '../../support/release-answers.ts'
import { runCanary } from '../../support/run-canary.ts'

const FILE = `name: shop-v2
service: shop
canary: {upstream_port: 9002}
steps:
- percentage: 10
  hold: 5m
- percentage: 101
`

describe('canary release', () => {
  let gateway: RecordedGateway
  let folder: string
  let file: string

  beforeEach(async () => {
    gateway = await startRecordedGateway()
    folder = mkdtempSync(join(tmpdir(), 'release-'))
    file = join(folder, 'shop-v2.yaml')
    writeFileSync(file, FILE)
  })

  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    await gateway.stop()
  })

  const run = (...args: string[]) =>
    runCanary(['release', ...args], {
      env: { CANARY_ADMIN_URL: gateway.url, CANARY_ADMIN_TOKEN: 'hunter2', USER: 'anna' },
      terminal: { now: () => T0 },
    })

  const STANDING = [
    'step 3 of 6 (first users), share 10 %, groups testers',
    `next: step 4: ramp to 50 % in 4m 10s (${clock(T0 + 250_000, T0)})`,
    'you can: canary release watch shop-v2 | canary release pause shop-v2 | canary release rollback shop-v2',
    '',
  ]

  test('create sends the file, and says what was created, where it stands and what one can do', async () => {
    gateway.answer('POST', '/releases?supersede=true', { status: 201, body: releaseAnswer() })
    const { code, out, err } = await run('create', '-f', file, '--supersede')
    expect([code, err]).toEqual([0, ''])
    expect(out.split('\n')).toEqual([
      'created shop-v2 for service shop',
      '◌ progressing',
      ...STANDING,
    ])
    expect(gateway.seen[0]).toMatchObject({
      body: { name: 'shop-v2', steps: [{ percentage: 10, hold: '5m' }, { percentage: 101 }] },
      headers: { 'canary-actor': 'anna', authorization: 'Bearer hunter2' },
    })
  })

  test('a field that the gateway refuses is shown with its line in the file', async () => {
    const errors = [{ path: ['steps', 1, 'percentage'], message: 'must be 0 to 100, not 101' }]
    const body = { title: 'schema violation', detail: 'wrong', hint: 'correct it', errors }
    gateway.answer('POST', '/releases', { status: 400, body })
    gateway.answer('POST', '/releases/plan', { status: 400, body })
    for (const command of ['create', 'plan']) {
      expect(await run(command, '-f', file)).toEqual({
        code: 1,
        out: '',
        err: `canary: 1 problem in ${file}, nothing was changed:\n  line 7, steps.2.percentage: must be 0 to 100, not 101\n`,
      })
    }
  })

  test.each([
    ['steps: [', /canary: 1 problem in .*\.yaml, nothing was changed:\n {2}line 1: /],
    ['just text', /must be a map with name, service, canary and steps/],
  ])('a file that holds %j is refused before it is sent', async (text, message) => {
    writeFileSync(file, text)
    const { code, err } = await run('create', '-f', file)
    expect(code).toBe(1)
    expect(err).toMatch(message)
    expect(gateway.seen).toEqual([])
  })

  test.each(Object.keys(VERBS))(
    '%s tells what happened and what comes, in that order',
    async (verb) => {
      const release = releaseAnswer()
      const body = { changed: true, message: 'it was done', release }
      gateway.answer('POST', `/releases/shop%2Fv2/${verb}`, { body })
      const step = verb === 'jump' ? ['4'] : []
      const { code, out, err } = await run(
        verb,
        'shop/v2',
        ...step,
        '--reason',
        'why not',
        '--as',
        'bénédicte 王',
      )
      expect([code, err]).toEqual([0, ''])
      expect(out.split('\n')).toEqual(['shop-v2: it was done', '◌ progressing', ...STANDING])
      const [seen] = gateway.seen
      expect(seen?.body).toEqual(
        verb === 'jump' ? { reason: 'why not', step: 4 } : { reason: 'why not' },
      )
      expect(Buffer.from(String(seen?.headers['canary-actor']), 'latin1').toString()).toBe(
        'bénédicte 王',
      )
    },
  )

  test('a verb that makes no sense is told with what can be done; the token is never shown', async () => {
    const detail = 'shop-v2 is succeeded, which cannot be paused'
    gateway.answer('POST', '/releases/shop-v2/pause', {
      status: 409,
      body: {
        title: 'verb refused',
        detail,
        hint: 'use one that makes sense',
        allowed: ['resume', 'rollback'],
      },
    })
    expect(await run('pause', 'shop-v2')).toEqual({
      code: 1,
      out: '',
      err: `canary: ${detail}\nyou can: canary release resume shop-v2 | canary release rollback shop-v2\n`,
    })
  })

  test('a rollback that is in force but not recorded says so', async () => {
    const release = releaseAnswer({ phase: 'rolled-back', recorded: false, share_percent: 0 })
    const body = {
      changed: true,
      message: 'it is rolled back',
      not_recorded_because: 'the database is locked',
      release,
    }
    gateway.answer('POST', '/releases/shop-v2/rollback', { body })
    const { out } = await run('rollback', 'shop-v2')
    expect(out).toContain('in force, but not recorded yet: the gateway tries until')
    expect(out).toContain('not recorded because: the database is locked\n')
    expect(out).toContain('you can: canary release retry shop-v2 | canary release events shop-v2')
  })

  test('list follows the pages and shows a table', async () => {
    const second = releaseAnswer({ name: 'cart-v3', phase: 'paused', reason: 'lunch', next: null })
    gateway.answer('GET', '/releases?service=shop&phase=paused', {
      body: { data: [releaseAnswer()], next: '/releases?offset=abc' },
    })
    gateway.answer('GET', '/releases?offset=abc', { body: { data: [second], next: null } })
    const { code, out } = await run('list', '--service', 'shop', '--phase', 'paused')
    expect(code).toBe(0)
    const created = clock(T0 - 600_000, T0)
    expect(out.split('\n')).toEqual([
      'NAME     SERVICE  PHASE          STEP  SHARE  NEXT                            CREATED',
      `shop-v2  shop     ◌ progressing  3/6    10 %  step 4: ramp to 50 % in 4m 10s  ${created}`,
      `cart-v3  shop     ॥ paused       3/6    10 %  lunch                           ${created}`,
      '',
    ])
  })

  test('an empty list says what to do', async () => {
    gateway.answer('GET', '/releases', { body: { data: [], next: null } })
    expect((await run('list')).out).toBe(
      'no releases; create one with: canary release create -f FILE\n',
    )
  })

  test('history tells outcome, time taken, share reached and reason', async () => {
    const ended = releaseAnswer({
      phase: 'rolled-back',
      reason: 'errors in checkout',
      ended_at: moment(T0 - 500_000),
    })
    gateway.answer('GET', '/releases?service=shop', { body: { data: [ended], next: null } })
    const set = (sequence: number, percentage: number) =>
      event(sequence, T0, { type: 'traffic-set', share_percent: percentage })
    gateway.answer('GET', `/releases/${ended.id}/events`, {
      body: { data: [set(1, 1), set(2, 25), set(3, 0)], next: null },
    })
    const { out } = await run('history', 'shop')
    expect(out.split('\n')[1]).toMatch(
      /^shop-v2 {2}✖ rolled-back {2}\S+ {2}1m 40s +25 % {2}anna {2}errors in checkout$/,
    )
  })

  test('get shows numbers and history; --json what the gateway said', async () => {
    gateway.answer('GET', '/releases/shop-v2', { body: releaseAnswer() })
    const { out } = await run('get', 'shop-v2')
    expect(out).toContain('measured: 9.6 % of requests, last 60 s\n')
    expect(out).toContain('step 3 (first users) begins\n')
    expect(JSON.parse((await run('get', 'shop-v2', '--json')).out)).toEqual(releaseAnswer())
  })

  test('plan shows the timeline as a table and as bars; --json what the gateway said', async () => {
    const plan = planOf({ steps: [{ percentage: 10, hold: '5m' }] })
    gateway.answer('POST', '/releases/plan', { body: plan })
    const { code, out } = await run('plan', '-f', file)
    expect(code).toBe(0)
    expect(out).toContain('address-v2 of address: ')
    expect(out).toMatch(/^1 {2}10 % /m)
    expect(out).toContain('█')
    expect(JSON.parse((await run('plan', '-f', file, '--json')).out)).toEqual(plan)
  })

  test('deliveries shows every field there is', async () => {
    gateway.answer('GET', '/releases/shop-v2/deliveries', {
      body: {
        data: [
          { at: moment(T0), url: 'https://gate.test/', attempt: 1, status: 200 },
          { at: moment(T0), url: 'https://gate.test/', attempt: 2, status: null },
        ],
        next: null,
      },
    })
    const at = clock(T0, T0)
    expect((await run('deliveries', 'shop-v2')).out.split('\n')).toEqual([
      'AT        URL                 ATTEMPT  STATUS',
      `${at}  https://gate.test/  1        200`,
      `${at}  https://gate.test/  2        -`,
      '',
    ])
  })

  test('stop-all needs a reason; freezes are added, listed and removed', async () => {
    expect(await run('stop-all')).toMatchObject({ code: 2 })
    gateway.answer('POST', '/releases/stop', { body: { reason: 'incident 42' } })
    expect((await run('stop-all', '--reason', 'incident 42')).out).toBe(
      'no release makes progress any more: incident 42\nshares stay as they are, and rollbacks work\nyou can: canary release resume-all\n',
    )
    gateway.answer('POST', '/releases/resume-all', { body: { stopped: false } })
    expect((await run('resume-all', '--reason', 'it is over')).out).toContain('make progress again')
    expect((await run('resume-all')).code).toBe(0)
    const freeze = {
      id: 'f1',
      from: '2026-12-23T00:00:00Z',
      until: '2027-01-04T06:00:00Z',
      reason: null,
    }
    gateway.answer('POST', '/releases/freezes', { status: 201, body: freeze })
    gateway.answer('GET', '/releases/freezes', { body: { data: [freeze], next: null } })
    gateway.answer('DELETE', '/releases/freezes/f1', { body: {} })
    const added = await run('freeze', 'add', '--from', freeze.from, '--until', freeze.until)
    expect(added.out).toContain('you can: canary release freeze remove f1\n')
    expect((await run('freeze', 'list')).out).toContain('f1  2026-12-23T00:00:00Z')
    expect((await run('freeze', 'remove', 'f1')).out).toBe('freeze f1 is gone\n')
  })

  test.each([
    [['jump', 'shop-v2', '0'], /give a whole number from 1 on/],
    [['create'], /required option '-f, --file <file>'/],
    [['list', '--phase', 'sleeping'], /Allowed choices are scheduled, /],
    [['paus', 'shop-v2'], /unknown command 'paus'[\s\S]*Did you mean pause/],
  ])('%j is a usage error: exit 2', async (args, message) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toMatch(message)
  })

  test('every command has examples in its help', async () => {
    for (const verb of [
      ...Object.keys(VERBS),
      'create',
      'plan',
      'list',
      'get',
      'watch',
      'events',
    ]) {
      const { code, out } = await run(verb, '--help')
      expect(code).toBe(0)
      expect(out).toContain(`Examples:\n  canary release ${verb}`)
    }
  })
})
