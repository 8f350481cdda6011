import { setTimeout as pause } from 'node:timers/promises'
import { GatewayError } from '../model/errors.ts'
import { type ListenAddress, listenAddressText } from '../model/setting-values.ts'
import { type AdminAnswer, type AdminPlace, askAdmin } from './ask-admin.ts'
import { isTaken } from './shared-port.ts'

/** Where a gateway on the same addresses answers, and what this gateway is known by. */
export interface NodeIdentity extends AdminPlace {
  readonly nodeId: string
}

const PAUSE_MS = 50
/** Between two looks the gateway before this one may have gone. */
const LOOKS = 3

/**
 * Sees to it that an address is free, or is that of a gateway with the same database, which this one follows. Any
 * other would lose its traffic to this one. Throws `cannot_listen`.
 */
export async function requireOwnAddress(
  address: ListenAddress,
  identity: NodeIdentity,
): Promise<void> {
  for (let look = 1; await isTaken(address); look += 1) {
    const answer = await askAdmin(identity, '/')
    if (nodeIdIn(answer) === identity.nodeId) return
    if (look < LOOKS) await pause(PAUSE_MS)
    else throw foreign(address, identity, answer)
  }
}

/** `node_id` of the gateway that gave an answer; null when none did. */
function nodeIdIn(answer: AdminAnswer | null): string | null {
  const body = answer?.body
  const id = typeof body === 'object' && body !== null && 'node_id' in body ? body.node_id : null
  return typeof id === 'string' ? id : null
}

function foreign(
  address: ListenAddress,
  { admin }: NodeIdentity,
  answer: AdminAnswer | null,
): GatewayError {
  const reason = foreignness(listenAddressText(admin), answer)
  return new GatewayError(
    'cannot_listen',
    `${listenAddressText(address)} is taken, and ${reason}: with reuse_port a gateway takes over only from one with the same database, admin_listen and admin_token`,
  )
}

function foreignness(admin: string, answer: AdminAnswer | null): string {
  if (answer?.status === 401) return `what answers at ${admin} wants another admin_token`
  return nodeIdIn(answer) === null
    ? `no gateway with the same database answers at ${admin}`
    : `the gateway at ${admin} has another database`
}
