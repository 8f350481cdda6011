import type { HashEvidence } from '../model/decision.ts'
import type { Identity } from '../model/identity.ts'
import { BUCKET_COUNT } from './bucket.ts'
import type { StickyOn } from './compile-canary.ts'

/** Why another key than the one that was meant is hashed. */
export function missingText(stickyOn: StickyOn): string {
  switch (stickyOn.source) {
    case 'header':
      return `the request has no header '${stickyOn.name}'`
    case 'cookie':
      return `the request has no cookie '${stickyOn.name}'`
    case 'consumer':
      return 'no consumer was identified'
    case 'ip':
      return 'the client address is unknown'
    case 'none':
      return 'the canary is not sticky'
  }
}

/** What was hashed, and where it came from. */
export function keyText(
  hash: Pick<HashEvidence, 'source' | 'key'>,
  stickyOn: StickyOn,
  identity: Identity,
): string {
  switch (hash.source) {
    case 'consumer':
      return consumerText(identity)
    case 'ip':
      return `client address ${hash.key}`
    case 'header':
    case 'cookie':
      return `${hash.source} '${'name' in stickyOn ? stickyOn.name : ''}' with value '${hash.key}'`
    case 'none':
      return 'the request'
  }
}

/** Who sends a request, by the first name there is. */
export function consumerText({ consumer }: Identity): string {
  if (consumer === null) return 'a request without a consumer'
  return `consumer '${consumer.username ?? consumer.custom_id ?? consumer.id}'`
}

/** Where a bucket is among all, in percent; cut, not rounded, so that the position never reads higher than the share that takes the bucket in. */
export function positionText(bucket: number): string {
  return String(Math.floor((bucket / BUCKET_COUNT) * 10_000) / 100)
}

/** A percentage without the noise of binary fractions. */
export function percentText(percent: number): string {
  return String(Number(percent.toPrecision(7)))
}
