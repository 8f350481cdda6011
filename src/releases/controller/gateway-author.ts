import type { Draws } from '../../model/draws.ts'
import type { ChangeAuthor } from '../../store/store.ts'
import { GATEWAY_ACTOR } from '../state/release-event.ts'

/** Author of what the gateway does by itself at `nowMs` (epoch milliseconds). */
export function gatewayAuthor(draws: Draws, nowMs: number): ChangeAuthor {
  const requestId = draws.uuid().replaceAll('-', '')
  return { actor: GATEWAY_ACTOR, requestId, at: new Date(nowMs) }
}
