import { MAX_FORM_BYTES } from '../variants/expressions/request-facts.ts'
import type { ReadForm } from './choose.ts'
import type { ClientStreams } from './forwarder.ts'
import { BodyIntake } from './forwarding/body-intake.ts'
import type { GatewayContext } from './gateway-context.ts'
import { type Loss, lossOf } from './outcome.ts'

export interface FormReading {
  /** The most that the client may send; null for any number of bytes. */
  readonly limitBytes: number | null
  /** `kept` is what was taken of the body: all of it, unless the form is too long. */
  readonly read: (form: ReadForm, kept: Buffer) => void
  readonly lost: (loss: Loss) => void
}

/** Reads a form of at most MAX_FORM_BYTES; of a longer one no more than tells that. Calls one of the two, once. */
export function readForm(
  { limits }: Pick<GatewayContext, 'limits'>,
  client: ClientStreams,
  { limitBytes, read, lost }: FormReading,
): void {
  new BodyIntake({
    client,
    mostBytes: MAX_FORM_BYTES,
    limitBytes,
    patience: limits,
    taken: ({ bytes, isWhole }) => read({ text: isWhole ? bytes.toString('utf8') : null }, bytes),
    failed: (reason) => lost(lossOf(reason)),
  }).start()
}
