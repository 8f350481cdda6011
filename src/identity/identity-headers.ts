import { headerFromText } from '../model/header-text.ts'
import type { Identity } from '../model/identity.ts'

/** Name and value of a field to send. */
export type HeaderPair = readonly [name: string, value: string]

/** Field that the acl plugin adds. */
export const GROUPS_HEADER = 'X-Consumer-Groups'

/**
 * What the upstream is told about who sends a request (reference kong.md section 7), with values that are safe to
 * send. A fact that is not known has no pair: the client's own copies of all these names must be removed first.
 * A request under the anonymous consumer carries that consumer's facts and `X-Anonymous-Consumer: true`.
 */
export function identityHeaders(identity: Identity): readonly HeaderPair[] {
  const { consumer, credentialId } = identity
  const headers: HeaderPair[] = []
  if (consumer !== null) {
    headers.push(['X-Consumer-ID', consumer.id])
    if (consumer.custom_id !== null) {
      headers.push(['X-Consumer-Custom-ID', headerFromText(consumer.custom_id)])
    }
    if (consumer.username !== null) {
      headers.push(['X-Consumer-Username', headerFromText(consumer.username)])
    }
  }
  if (credentialId !== null) headers.push(['X-Credential-Identifier', credentialId])
  if (identity.isAnonymous) headers.push(['X-Anonymous-Consumer', 'true'])
  return headers
}
