import { describe, expect, it } from 'vitest'
import { formatNotice } from '../../../src/releases/notifications/format-notice.ts'
import { gateBody } from '../../../src/releases/notifications/gate-body.ts'
import { headlineOf, sideText } from '../../../src/releases/notifications/notice-text.ts'
import { exampleMessage } from './example-message.ts'

const APPROVE = 'https://gateway.example/releases/links/a?b=1&c=2'
const REJECT = 'https://gateway.example/releases/links/r'

describe('the headline', () => {
  it.each([
    ['created', 'Release shop-v2 of shop is created'],
    ['step', 'Release shop-v2 of shop has reached step 3 of 6: 10 %'],
    ['rollback', 'Release shop-v2 of shop is rolled back'],
    ['failed', 'Release shop-v2 of shop has failed'],
  ] as const)('of %s', (notice, expected) => {
    expect(headlineOf(exampleMessage({ notice }))).toBe(expected)
  })
})

it('tells the numbers of a side', () => {
  expect(sideText({ requests: 1204, errorRate: 0.0042, p99Ms: 87.4 })).toBe(
    '1204 requests, 0.42 % errors, p99 87 ms',
  )
  expect(sideText({ requests: 1, errorRate: 0, p99Ms: null })).toBe('1 request, 0 % errors')
  expect(sideText({ requests: 0, errorRate: null, p99Ms: null })).toBe('no requests')
})

describe('json', () => {
  it('is Flagger’s event with our fields', () => {
    const reason = 'needs one approval'
    expect(formatNotice('json', exampleMessage({ reason, actor: 'mia' }))).toEqual({
      name: 'shop-v2',
      namespace: 'shop',
      phase: 'Waiting',
      checksum: 'c0ffee',
      metadata: {
        eventMessage: 'Release shop-v2 of shop is waiting: needs one approval',
        eventType: 'Normal',
        timestamp: '1796115600000',
      },
      notice: 'waiting',
      release_id: '0b0e5a8e-6a3f-4b3e-9c8b-0c8f6f0f2a11',
      service: 'shop',
      step: { index: 3, count: 6, name: '10 %' },
      weight: 1,
      groups: ['testers'],
      reason,
      actor: 'mia',
      measured: {
        primary: { requests: 1204, error_rate: 0.0042, p99_ms: 87.4 },
        canary: { requests: 0, error_rate: null, p99_ms: null },
      },
      links: { approve: APPROVE, reject: REJECT, rollback: null },
    })
  })

  it('warns of what went wrong', () => {
    const event = formatNotice('json', exampleMessage({ notice: 'rollback', reason: null }))
    expect(event).toMatchObject({
      metadata: { eventType: 'Warning', eventMessage: 'Release shop-v2 of shop is rolled back' },
    })
  })
})

describe('slack', () => {
  it('has colour, facts, links, and nothing that calls everybody', () => {
    const message = formatNotice('slack', exampleMessage({ reason: '<!channel> & more' }))
    expect(message).toMatchObject({
      text: 'Release shop-v2 of shop is waiting',
      attachments: [
        {
          color: 'good',
          text: `&lt;!channel&gt; &amp; more\n<${APPROVE.replace('&', '&amp;')}|Approve>  |  <${REJECT}|Reject>`,
        },
      ],
    })
    expect(message).toHaveProperty('attachments.0.fields.4', {
      title: 'Primary, last minute',
      value: '1204 requests, 0.42 % errors, p99 87 ms',
      short: true,
    })
    expect(formatNotice('slack', exampleMessage({ notice: 'failed' }))).toHaveProperty(
      'attachments.0.color',
      'danger',
    )
  })
})

describe('teams', () => {
  it('is an Adaptive Card with buttons, and shows what looks like Markdown as it is', () => {
    const message = formatNotice('teams', exampleMessage())
    expect(message).toHaveProperty('attachments.0.content.type', 'AdaptiveCard')
    expect(message).toHaveProperty('attachments.0.content.actions', [
      { type: 'Action.OpenUrl', title: 'Approve', url: APPROVE },
      { type: 'Action.OpenUrl', title: 'Reject', url: REJECT },
    ])
    expect(message).toHaveProperty(
      'attachments.0.content.body.1.text',
      'needs \\<1\\> approval & \\*care\\* @everyone \\[x\\]\\(http://evil.example\\)',
    )
    expect(message).toHaveProperty('attachments.0.content.body.0.color', 'good')
  })
})

describe('discord', () => {
  it('is an embed with colour and links, and calls nobody', () => {
    const message = formatNotice('discord', exampleMessage({ notice: 'paused' }))
    expect(message).toMatchObject({
      allowed_mentions: { parse: [] },
      embeds: [{ color: 0xa30200, timestamp: '2026-12-01T09:00:00.000Z' }],
    })
    expect(message).toHaveProperty(
      'embeds.0.description',
      expect.stringContaining(`[Approve](${APPROVE}) | [Reject](${REJECT})`),
    )
  })

  it('stays within the limits of Discord, with its links', () => {
    const message = formatNotice('discord', exampleMessage({ reason: '*😀'.repeat(5000) }))
    const { embeds } = message as { embeds: [{ description: string }] }
    expect(embeds[0].description.length).toBeLessThanOrEqual(4096)
    expect(embeds[0].description.isWellFormed()).toBe(true)
    expect(embeds[0].description).toContain(`[Reject](${REJECT})`)
  })
})

it('asks gates with Flagger’s fields and ours', () => {
  const { release, links } = exampleMessage()
  const body = gateBody({ name: 'load test', phase: 'Progressing' }, release, {
    reason: 'raise to 10 %',
    links,
  })
  expect(JSON.parse(body)).toEqual({
    name: 'shop-v2',
    namespace: 'shop',
    phase: 'Progressing',
    checksum: 'c0ffee',
    metadata: { gate: 'load test' },
    release_id: release.id,
    service: 'shop',
    step: release.step,
    weight: 1,
    groups: ['testers'],
    reason: 'raise to 10 %',
    links,
  })
})
