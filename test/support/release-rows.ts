import {
  RELEASE_DOCUMENT,
  type ReleaseDocument,
} from '../../src/releases/document/release-document.ts'
import type { NewReleaseEvent, ReleaseHappening } from '../../src/releases/state/release-event.ts'
import type { StoredRelease } from '../../src/store/releases/release-store.ts'
import { uuid } from './store-rows.ts'

export const AT_MS = Date.UTC(2026, 2, 1, 10)

export const SERVICE_ADDRESS = { host: 'v1.test', port: 80, path: null } as const
export const STARTED = { type: 'started', service: SERVICE_ADDRESS } as const

/** A document as parsed, `fields` over a release of one step. */
export function releaseDocument(fields: Readonly<Record<string, unknown>> = {}): ReleaseDocument {
  return RELEASE_DOCUMENT.parse({
    name: 'shop-v2',
    service: 'shop',
    canary: { upstream_host: 'v2.test' },
    steps: [{ percentage: 10, hold: '1m' }],
    ...fields,
  })
}

/** A live release with id `uuid(n)`. */
export function storedRelease(n: number, fields: Partial<StoredRelease> = {}): StoredRelease {
  const name = fields.name ?? `release-${n}`
  return {
    id: uuid(n),
    name,
    serviceId: uuid(1000 + n),
    createdAtMs: AT_MS,
    outcome: null,
    document: releaseDocument({ name }),
    ...fields,
  }
}

export function happened(
  happening: ReleaseHappening,
  fields: Partial<NewReleaseEvent> = {},
): NewReleaseEvent {
  return { atMs: AT_MS, actor: 'anna', reason: null, linkId: null, happening, ...fields }
}
