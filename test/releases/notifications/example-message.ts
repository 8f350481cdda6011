import type { NoticeMessage } from '../../../src/releases/notifications/notice-message.ts'

/** A message with all there can be, and characters that mean something to chats. */
export function exampleMessage(given: Partial<NoticeMessage> = {}): NoticeMessage {
  return {
    notice: 'waiting',
    release: {
      id: '0b0e5a8e-6a3f-4b3e-9c8b-0c8f6f0f2a11',
      name: 'shop-v2',
      service: 'shop',
      phase: 'Waiting',
      checksum: 'c0ffee',
      step: { index: 3, count: 6, name: '10 %' },
      sharePercent: 1,
      groups: ['testers'],
    },
    atMs: Date.parse('2026-12-01T09:00:00Z'),
    reason: 'needs <1> approval & *care* @everyone [x](http://evil.example)',
    actor: null,
    numbers: {
      primary: { requests: 1204, errorRate: 0.0042, p99Ms: 87.4 },
      canary: { requests: 0, errorRate: null, p99Ms: null },
    },
    links: {
      approve: 'https://gateway.example/releases/links/a?b=1&c=2',
      reject: 'https://gateway.example/releases/links/r',
      rollback: null,
    },
    ...given,
  }
}
