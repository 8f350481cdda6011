/** Where something stands in an expression: index in each list on the way, from 0; empty for the whole of it. */
export type Position = readonly number[]

/** Why an expression is refused. The message is the reason, in APISIX's words where it has some, and the position. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  /** Without the position. Clients of APISIX match on it (reference apisix.md, b2). */
  readonly reason: string
  readonly position: Position

  /** `hint` says what is allowed there, or what was given. */
  constructor(reason: string, position: Position, hint?: string, cause?: unknown) {
    const message = `${reason} at ${positionText(position)}${hint === undefined ? '' : `; ${hint}`}`
    super(message, cause === undefined ? undefined : { cause })
    this.reason = reason
    this.position = position
  }
}

function positionText(position: Position): string {
  return position.length === 0 ? 'the root' : position.map((index) => `[${index}]`).join('')
}

const MAX_SHOWN_LENGTH = 64

/** A text from the expression for a message, cut when it is long. */
export function shown(text: string): string {
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text
}
