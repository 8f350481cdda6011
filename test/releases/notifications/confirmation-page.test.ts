import { describe, expect, it } from 'vitest'
import {
  type Confirmation,
  confirmationPage,
  linkResultPage,
} from '../../../src/releases/notifications/confirmation-page.ts'

const HOSTILE = `"><script>alert('1')</script>&`
const confirmation = (given: Partial<Confirmation> = {}): Confirmation => ({
  verb: 'reject',
  release: {
    name: 'shop-v2',
    service: 'shop',
    phase: 'waiting',
    step: { index: 3, count: 6, name: 'ask the team' },
    sharePercent: 10,
  },
  expiresAtMs: Date.parse('2026-12-08T09:00:00Z'),
  ...given,
})

describe('the page of a link', () => {
  it('says what would happen to which release, and acts by POST only', () => {
    const html = confirmationPage(confirmation())
    expect(html).toContain('<title>Reject: release shop-v2</title>')
    expect(html).toContain('The release is rolled back')
    expect(html).toContain('<dd>3 of 6: ask the team</dd>')
    expect(html).toContain('<form method="post">')
    expect(html).not.toMatch(/<script|<a |<img|onclick|https?:/)
  })

  it('shows whatever it is given as text', () => {
    const release = {
      name: HOSTILE,
      service: HOSTILE,
      phase: HOSTILE,
      step: { index: 1, count: 1, name: HOSTILE },
      sharePercent: 0,
    }
    const html = confirmationPage(confirmation({ release }))
    expect(html).not.toContain('<script')
    expect(html).not.toContain(HOSTILE)
    expect(linkResultPage(HOSTILE, HOSTILE)).not.toContain('<script')
  })
})
