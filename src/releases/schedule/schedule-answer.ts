/** Whether progress is allowed at a moment, by windows and freezes. */
export interface ScheduleAnswer {
  /** What is in the way; null when nothing is. A freeze is named before a closed window. */
  readonly closedBy: 'window' | 'freeze' | null
  /** Why, in words: the reason of the freeze, or the windows. */
  readonly reason: string | null
  /** Since when it has been so, epoch milliseconds; null: always. */
  readonly sinceMs: number | null
  /** When `closedBy` changes next, epoch milliseconds; null: never. */
  readonly changesAtMs: number | null
}
