/** What a release asks for: all that it changes in the canary plugin from step to step. */
export interface Traffic {
  /** Share of the canary, 0 … 100. */
  readonly percentage: number
  /** On the canary whatever the hash says, in the order in which they came. */
  readonly groups: readonly string[]
  /** Header field by which requests choose their side; null without one. */
  readonly previewHeader: string | null
}

/** Nobody is on the canary: where a release begins, and where every rollback ends. */
export const NO_TRAFFIC: Traffic = { percentage: 0, groups: [], previewHeader: null }
