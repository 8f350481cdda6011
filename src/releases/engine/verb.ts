import type { NewReleaseEvent } from '../state/release-event.ts'
import type { ReleaseState } from '../state/release-state.ts'
import type { Author } from './happen.ts'
import type { Position } from './position.ts'

export const VERBS = [
  'start',
  'pause',
  'resume',
  'advance',
  'jump',
  'approve',
  'reject',
  'promote',
  'rollback',
  'retry',
  'cancel',
] as const
export type Verb = (typeof VERBS)[number]

export interface VerbArguments {
  readonly actor: string
  readonly reason: string | null
  /** Id of the one-time link by which somebody acts; null for all other ways. */
  readonly linkId: string | null
  /** Where `jump` goes, counted from 1 as people do; null when nothing was given. */
  readonly step: number | null
  /** Name of another live release of the service, or with this name: it keeps `retry` from beginning again. */
  readonly otherLive: string | null
}

export type VerbOutcome =
  /** Append these with their effects, in one transaction. Never empty. */
  | {
      readonly kind: 'events'
      readonly events: readonly NewReleaseEvent[]
      readonly message: string
    }
  /** The end of the verb is reached already. */
  | { readonly kind: 'unchanged'; readonly message: string }
  | {
      readonly kind: 'refused'
      readonly message: string
      /** Verbs that make sense now. */
      readonly possible: readonly Verb[]
    }

/** A verb as it is applied. */
export interface Application extends Position {
  readonly author: Author
  readonly given: VerbArguments
}

/** What a verb answers before the possible verbs are added. */
export type Answer =
  | Extract<VerbOutcome, { kind: 'events' | 'unchanged' }>
  | { readonly kind: 'refused'; readonly message: string }

export function done(message: string, events: readonly NewReleaseEvent[]): Answer {
  return { kind: 'events', events, message }
}

export function unchanged(message: string): Answer {
  return { kind: 'unchanged', message }
}

export function refused(message: string): Answer {
  return { kind: 'refused', message }
}

/** The same of a verb that makes no sense in a phase. */
export function outOfPlace(state: ReleaseState): Answer {
  return refused(`the release is ${state.phase}`)
}
