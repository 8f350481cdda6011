import type { IncomingMessage } from 'node:http'
import type { Peer } from '../balancing/peer.ts'
import type { AccessEntry, SplitFacts } from '../metrics/access-entry.ts'
import type { SplitDecision } from '../model/decision.ts'
import { parseIpAddress } from '../model/ip-address.ts'
import type { ParsedRequest } from '../model/request.ts'
import type { Choice } from './choose.ts'
import { CLIENT_LEFT_STATUS } from './outcome.ts'

/** What is known of a request when it ends; null is what it did not get to. */
export interface AccessFacts
  extends Pick<
    AccessEntry,
    'at' | 'requestId' | 'status' | 'tries' | 'totalMs' | 'upstreamMs' | 'reason' | 'fallback'
  > {
  readonly incoming: IncomingMessage
  readonly request: ParsedRequest | null
  readonly choice: Choice | null
  readonly peer: Peer | null
}

/** The entry of bytes that never became a request, and were answered all the same. */
export function refusalEntry(
  facts: Pick<AccessEntry, 'at' | 'requestId' | 'client' | 'method' | 'status' | 'reason'>,
): AccessEntry {
  return { ...NOTHING_KNOWN, ...facts, client: oneSpelling(facts.client) }
}

const NOTHING_KNOWN = {
  host: '',
  path: '',
  route: null,
  service: null,
  variant: null,
  rule: null,
  split: null,
  target: null,
  consumer: null,
  tries: 0,
  totalMs: 0,
  upstreamMs: null,
  fallback: null,
} as const

/** The access-log entry of a request. */
export function accessEntry(facts: AccessFacts): AccessEntry {
  const { incoming, request, choice, peer } = facts
  const plan = choice?.plan ?? null
  const decision = choice?.kind === 'forward' ? choice.decision : null
  const consumer = choice?.identity.consumer ?? null
  return {
    at: facts.at,
    requestId: facts.requestId,
    client: request?.clientAddress ?? oneSpelling(incoming.socket.remoteAddress ?? ''),
    method: incoming.method ?? '',
    host: request?.host ?? '',
    path: request?.rawPath ?? '',
    status: facts.status,
    route: plan === null ? null : (plan.route.name ?? plan.route.id),
    service: plan?.service ? (plan.service.service.name ?? plan.service.service.id) : null,
    variant: decision?.variant ?? null,
    rule: decision?.rule ?? null,
    split: choice?.kind === 'forward' ? splitFacts(choice.split) : null,
    target: peer?.key ?? null,
    consumer: consumer === null ? null : (consumer.username ?? consumer.custom_id ?? consumer.id),
    tries: facts.tries,
    totalMs: facts.totalMs,
    upstreamMs: facts.upstreamMs,
    reason: facts.reason,
    fallback: facts.fallback,
  }
}

function splitFacts(split: SplitDecision | null): SplitFacts | null {
  if (split === null) return null
  const { rule, item, hash } = split
  const source = hash?.source ?? null
  const isPublic = source === 'consumer' || source === 'ip'
  return {
    rule,
    item,
    keySource: source,
    key: isPublic ? (hash?.key ?? null) : null,
    bucket: hash?.bucket ?? null,
  }
}

/** The entry of a request that the deadline of a stop has cut: it only looks as if its client had left. */
export function cutByStop(entry: AccessEntry): AccessEntry {
  if (entry.reason !== 'client-left') return entry
  const status = entry.status === CLIENT_LEFT_STATUS ? 503 : entry.status
  return { ...entry, status, reason: 'cut-by-stop' }
}

/** A peer's address as the clients of requests are told. */
function oneSpelling(address: string): string {
  return parseIpAddress(address)?.text ?? address
}
