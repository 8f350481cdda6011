import { describe, expect, it } from 'vitest'
import { RELEASE_PLAN } from '../../../src/releases/plan/release-plan.ts'
import { planOf } from './plan-fixture.ts'

/** Kind, beginning, end and share of each row; times of that day without their date. */
function rows({ steps }: ReturnType<typeof planOf>) {
  return steps.map(({ kind, begins_at, ends_at, share_percent }) => [
    kind,
    short(begins_at.at),
    ends_at && short(ends_at.at),
    share_percent,
  ])
}

const short = (at: string) => at.replace('2026-12-01T', '').replace(/:00\.000Z$/, '')

describe('a plan', () => {
  const TO_ALL = {
    steps: [
      { groups: ['testers'], hold: '1h' },
      { percentage: 10, hold: '30m' },
      { ramp: { to: 50, over: '1h' }, hold: '10m' },
      { percentage: 100 },
    ],
    bake: '1h',
  }

  it('says when each step begins and ends, with its share', () => {
    const plan = planOf(TO_ALL)
    expect(rows(plan)).toEqual([
      ['groups', '09:00', '10:00', 0],
      ['percentage', '10:00', '10:30', 10],
      ['ramp', '10:30', '11:40', 50],
      ['percentage', '11:40', '11:40', 100],
      ['bake', '11:40', '12:40', 100],
      ['end', '12:40', '12:40', 100],
    ])
    expect(plan).toMatchObject({
      name: 'address-v2',
      begins_at: { at: '2026-12-01T09:00:00.000Z', epoch: 1796115600 },
      ends_at: { at: '2026-12-01T12:40:00.000Z' },
      warnings: [],
      assumptions: [
        'the canary always has a healthy target',
        'traffic stays what it was in the last hour',
      ],
    })
    expect(RELEASE_PLAN.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan)
  })

  it('says what each step would carry, by the last hour', () => {
    const { steps, traffic } = planOf(TO_ALL)
    expect(traffic).toEqual({ requests_per_hour: 3600, consumers_per_hour: 200 })
    // 20 of 200 consumers are testers; of the others 10 %, then more and more, then half.
    const [testers, ten, ramp, all, bake] = steps
    expect(testers).toMatchObject({ requests: 360, consumers: 20, groups: ['testers'] })
    expect(ten).toMatchObject({ requests: 342, consumers: 38 })
    expect(ramp?.consumers).toBe(110)
    expect(ramp?.requests).toBeGreaterThan(3600 * 0.19 + 600 * 0.55)
    expect(ramp?.requests).toBeLessThan(3600 * 0.55 + 600 * 0.55)
    expect(all).toMatchObject({ requests: 0, consumers: 200 })
    expect(bake).toMatchObject({ requests: 3600, consumers: 200 })
  })

  it('says nothing of requests that nobody counted', () => {
    const { steps, traffic } = planOf(TO_ALL, { traffic: null })
    expect(traffic).toBe(null)
    expect(steps.every(({ requests, consumers }) => requests === null && consumers === null)).toBe(
      true,
    )
  })

  it('takes gates and people to say yes at once, and says so', () => {
    const plan = planOf({
      start: 'never',
      steps: [
        { approval: { count: 2, timeout: '1d' }, hold: '5m' },
        { gate: { url: 'http://gates.example/' } },
        { percentage: 100, hold: '1h' },
      ],
      gates: [
        { url: 'http://gates.example/', name: 'watch', type: 'rollback' },
        { url: 'http://gates.example/', name: 'tests', type: 'rollout' },
        { url: 'http://gates.example/', name: 'more', type: 'confirm-traffic-increase' },
        { url: 'http://gates.example/', name: 'end', type: 'confirm-promotion' },
      ],
    })
    expect(rows(plan)).toEqual([
      ['approval', '09:00', '09:05', 0],
      ['gate', '09:05', '09:05', 0],
      ['percentage', '09:05', '10:05', 100],
      ['end', '10:05', '10:05', 100],
    ])
    expect(plan.assumptions.slice(0, 3)).toEqual([
      'it is started by hand now',
      'people approve at once',
      'gates say yes at once',
    ])
  })

  it('waits for windows and freezes, of the release and of the gateway', () => {
    const plan = planOf(
      {
        windows: [{ cron: '0 9 * * 1-5', duration: '8h', time_zone: 'UTC' }],
        freezes: [{ from: '2026-12-02T09:00:00Z', until: '2026-12-02T10:00:00Z', reason: 'audit' }],
        steps: [
          { percentage: 10, hold: '6h' },
          { percentage: 50, hold: '3h' },
          { percentage: 100, hold: '1h' },
        ],
      },
      { freezes: [{ from: '2026-12-01T09:00:00Z', until: '2026-12-01T10:00:00Z', reason: null }] },
    )
    expect(rows(plan)).toEqual([
      ['percentage', '10:00', '16:00', 10],
      ['percentage', '16:00', '2026-12-02T10:00', 50],
      ['percentage', '2026-12-02T10:00', '2026-12-02T11:00', 100],
      ['end', '2026-12-02T11:00', '2026-12-02T11:00', 100],
    ])
    expect(plan.steps[0]?.waits).toMatchObject([{ for: 'freeze', until: { epoch: 1796119200 } }])
    expect(plan.steps[2]?.waits).toMatchObject([
      { for: 'window', from: { at: '2026-12-01T19:00:00.000Z' } },
      { for: 'freeze', reason: 'frozen: audit', until: { at: '2026-12-02T10:00:00.000Z' } },
    ])
  })

  it('shows the way from a last step below 100 % to all as a row of its own', () => {
    const below = { steps: [{ percentage: 50, hold: '1h' }] }
    expect(rows(planOf(below))).toEqual([
      ['percentage', '09:00', '10:00', 50],
      ['finish', '10:00', '10:00', 100],
      ['end', '10:00', '10:00', 100],
    ])
    expect(rows(planOf({ ...below, bake: '1h' }))[1]).toEqual(['bake', '10:00', '11:00', 100])
  })

  it('begins when the release would', () => {
    const plan = planOf({ start: '2026-12-01T12:00:00Z', steps: [{ percentage: 100, hold: '1h' }] })
    expect(plan.begins_at.at).toBe('2026-12-01T12:00:00.000Z')
    expect(rows(plan)[0]).toEqual(['percentage', '12:00', '13:00', 100])
  })

  it('of a blue-green release shows preview and flip', () => {
    const plan = planOf({
      strategy: 'blue-green',
      steps: [
        { preview: { header: 'X-Preview' }, hold: '10m' },
        { flip: true, hold: '20m' },
      ],
    })
    expect(rows(plan)).toEqual([
      ['preview', '09:00', '09:10', 0],
      ['flip', '09:10', '09:30', 100],
      ['end', '09:30', '09:30', 100],
    ])
    expect(plan.steps[0]?.preview_header).toBe('X-Preview')
  })
})
