import type { Draws } from '../../model/draws.ts'
import type { Body } from '../body/body.ts'
import type { Place } from './place.ts'

/** One write of one entity: where, what, and the clock and the draws it may use. */
export interface Write {
  readonly place: Place
  readonly body: Body
  readonly nowMs: number
  readonly draws: Draws
}
