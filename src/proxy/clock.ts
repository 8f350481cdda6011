/** Time as the proxy reads it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Milliseconds that only ever grow, for measuring. */
  monotonicMs(): number
}
