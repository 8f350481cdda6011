/**
 * What a decision may draw that is in neither the snapshot nor the request.
 * The proxy hands in real ones; tests and the "why me?" endpoint hand in their own.
 */
export interface Draws {
  /** A random UUID. */
  uuid(): string
  /** 0, 1, 2, … per name: position of a request in a cycle (canary `hash: none`, round-robin). */
  nextInCycle(name: string): number
}
