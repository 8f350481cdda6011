/** An instant for people and for programs: ISO 8601, and epoch seconds as in the plugin's `start`. */
export interface Moment {
  readonly at: string
  readonly epoch: number
}

/** The moment at `ms` (epoch milliseconds). */
export function momentAt(ms: number): Moment {
  return { at: new Date(ms).toISOString(), epoch: ms / 1000 }
}
