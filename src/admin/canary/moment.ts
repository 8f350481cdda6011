const MAX_DATE_MS = 8.64e15

/** An instant for people and for programs: ISO 8601, and epoch seconds as in the plugin's `start`. */
export interface Moment {
  /** Null beyond the year 275760, the last a date can name. */
  readonly at: string | null
  readonly epoch: number
}

/** The moment at `ms` (epoch milliseconds). */
export function momentAt(ms: number): Moment {
  return { at: Math.abs(ms) <= MAX_DATE_MS ? new Date(ms).toISOString() : null, epoch: ms / 1000 }
}
