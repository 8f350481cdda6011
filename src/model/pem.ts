import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { rule } from './fields.ts'

/** Room for a chain of some forty certificates; parsing more would take longer than a request may. */
export const MAX_PEM_LENGTH = 65536

/** PEM text (RFC 7468) of one certificate or a chain, the leaf first. */
export const certificatePem = () => pemText(certificateProblem)

/** PEM text (RFC 7468) of a private key without a passphrase. */
export const privateKeyPem = () => pemText(privateKeyProblem)

/** Every certificate in the text, in its order. Throws what OpenSSL says of the first that is none. */
export function readCertificates(pem: string): readonly [X509Certificate, ...X509Certificate[]] {
  const [leaf, ...others] = pemBlocks(pem, 'CERTIFICATE')
  if (leaf === undefined) throw new Error('expected a PEM block "BEGIN CERTIFICATE"')
  return [new X509Certificate(leaf), ...others.map((block) => new X509Certificate(block))]
}

/** The key in the text. Throws what OpenSSL says when there is none. */
export function readPrivateKey(pem: string): KeyObject {
  return createPrivateKey(pem)
}

/**
 * The key in the text; null when it holds none. Private keys, from which OpenSSL would derive the public one, are not
 * taken: the text is stored and shown as something that is no secret.
 */
export function readPublicKey(pem: string): KeyObject | null {
  if (!PUBLIC_KEY.test(pem)) return null
  try {
    return createPublicKey(pem)
  } catch {
    // Whatever OpenSSL has against it, it is no public key.
    return null
  }
}

const PUBLIC_KEY = /^\s*-----BEGIN (?:RSA )?PUBLIC KEY-----/

function pemText(problem: (pem: string) => string | null) {
  return z.string().min(1).max(MAX_PEM_LENGTH).check(rule(problem))
}

function certificateProblem(pem: string): string | null {
  return failureOf(() => readCertificates(pem), 'invalid certificate')
}

function privateKeyProblem(pem: string): string | null {
  if (pem.includes('ENCRYPTED')) return 'invalid key: must not be protected by a passphrase'
  if (!pem.includes('PRIVATE KEY-----')) return 'invalid key: expected a PEM block "PRIVATE KEY"'
  return failureOf(() => readPrivateKey(pem), 'invalid key')
}

/** `error:0480006C:PEM routines::bad base64 decode` without all but the reason. */
function failureOf(read: () => unknown, what: string): string | null {
  try {
    read()
    return null
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('::').at(-1) : String(error)
    return `${what}: ${reason}`
  }
}

/** The blocks with this label. One that is not closed reaches to the end, for OpenSSL to refuse. */
function pemBlocks(pem: string, label: string): string[] {
  const begin = `-----BEGIN ${label}-----`
  const end = `-----END ${label}-----`
  const blocks: string[] = []
  let start = pem.indexOf(begin)
  while (start !== -1) {
    const close = pem.indexOf(end, start)
    const stop = close === -1 ? pem.length : close + end.length
    blocks.push(pem.slice(start, stop))
    start = pem.indexOf(begin, stop)
  }
  return blocks
}
