import { GatewayError } from '../../model/errors.ts'

/** The text of a body. Fails with unparsable_body when it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new GatewayError('unparsable_body', 'the body is not valid UTF-8', { cause })
  }
}
