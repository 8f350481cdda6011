import type { ShownCertificate } from './secure-contexts.ts'

/** What a client has said before a certificate is shown to it. */
export interface ClientOffer {
  /** As Node names it: `TLSv1.3`; null when it is not known. */
  readonly protocol: string | null
  /** Signature algorithms that both sides know: `ECDSA+SHA256`, `RSA-PSS+SHA256`, `Ed25519`. */
  readonly signatures: readonly string[]
}

/**
 * The certificate that the client can use; the first one when that does not tell. In TLS 1.3 an ECDSA certificate goes
 * first, since it is cheaper for both; in 1.2 an RSA one, since a client may know ECDSA signatures and no cipher suite
 * with them.
 */
export function pickShown<T extends Pick<ShownCertificate, 'keyType'>>(
  shown: readonly [T, ...T[]],
  { protocol, signatures }: ClientOffer,
): T {
  if (shown.length === 1) return shown[0]
  const preferred = protocol === 'TLSv1.3' ? 'ec' : 'rsa'
  const usable = shown.filter(({ keyType }) =>
    signatures.some((signature) => signs(keyType, signature.toLowerCase())),
  )
  return usable.find(({ keyType }) => keyType === preferred) ?? usable[0] ?? shown[0]
}

function signs(keyType: string, signature: string): boolean {
  return signature.startsWith(keyType === 'ec' ? 'ecdsa' : keyType)
}
