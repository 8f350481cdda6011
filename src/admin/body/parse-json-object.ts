import { GatewayError } from '../../model/errors.ts'
import { decodeUtf8 } from './decode-utf8.ts'
import { refuseHostileInput } from './refuse-hostile-input.ts'
import { refuseHostileJson } from './refuse-hostile-json.ts'

/** The object that a JSON text holds. Fails with unparsable_body for anything else, an empty text included. */
export function parseJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  refuseHostileJson(bytes)
  const value = parse(decodeUtf8(bytes))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GatewayError('unparsable_body', 'Cannot parse JSON body: expected an object')
  }
  refuseHostileInput(value)
  return value as Record<string, unknown>
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new GatewayError('unparsable_body', 'Cannot parse JSON body', { cause })
  }
}
