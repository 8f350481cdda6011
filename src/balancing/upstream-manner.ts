import type { ApisixTimeout } from '../model/apisix/common-fields.ts'
import type { UpstreamExtension } from '../model/apisix/upstream-extension.ts'

/** How requests go to an upstream that says so itself, as APISIX's do, in place of service and route. */
export interface UpstreamManner {
  /** Null: the protocol of the service. */
  readonly scheme: 'http' | 'https' | null
  /** Null: as the service says. */
  readonly verifiesTls: boolean | null
  /** Null: those of the service. */
  readonly timeouts: MannerTimeouts | null
  /** Tries after the first; null: as the service says, else each other target once. */
  readonly retries: number | null
  /** Targets beside the first: there are never more retries. */
  readonly otherTargets: number
  readonly passHost: UpstreamExtension['pass_host']
}

/** In milliseconds. */
export interface MannerTimeouts {
  readonly connectMs: number
  readonly sendMs: number
  readonly readMs: number
}

/** The manner of an upstream that was written in APISIX's dialect; null for another. */
export function compileManner(
  extension: UpstreamExtension | null | undefined,
  targetCount: number,
): UpstreamManner | null {
  if (extension === null || extension === undefined) return null
  const { scheme, pass_host, timeout, retries, tls_verify } = extension
  return {
    scheme,
    verifiesTls: tls_verify,
    timeouts: timeout === null ? null : timeoutsInMs(timeout),
    retries,
    otherTargets: Math.max(0, targetCount - 1),
    passHost: pass_host,
  }
}

/** Limits of time in seconds, as milliseconds. */
export function timeoutsInMs({ connect, send, read }: Readonly<ApisixTimeout>): MannerTimeouts {
  return { connectMs: inMs(connect), sendMs: inMs(send), readMs: inMs(read) }
}

function inMs(seconds: number): number {
  return Math.round(seconds * 1000)
}
