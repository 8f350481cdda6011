import {
  GATEWAY_ACTOR,
  type NewReleaseEvent,
  type ReleaseHappening,
} from '../state/release-event.ts'

/** Who makes events, why and when. */
export interface Author {
  readonly actor: string
  readonly reason: string | null
  readonly linkId: string | null
  readonly atMs: number
}

/** What a release does by itself. */
export function byItself(atMs: number, reason: string | null = null): Author {
  return { actor: GATEWAY_ACTOR, reason, linkId: null, atMs }
}

/** Events of one author, in this order. */
export function happen(
  author: Author,
  ...happenings: readonly ReleaseHappening[]
): NewReleaseEvent[] {
  return happenings.map((happening) => ({ ...author, happening }))
}
