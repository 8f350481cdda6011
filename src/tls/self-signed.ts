import { hostname } from 'node:os'

/** A certificate with its private key, both PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** Kept certificates are shown for years; clients that verify it were told to trust this very one. */
const VALID_DAYS = 3650
const DAY_MS = 24 * 3_600_000

/**
 * Makes a certificate that vouches for itself, for this machine's names: what a TLS listener shows as long as nothing
 * better is configured. ECDSA on P-256, which every client with TLS 1.2 knows.
 */
export async function makeSelfSigned(now: Date): Promise<KeyPair> {
  // Loaded when it is needed: most gateways never make one.
  const { generate } = await import('selfsigned')
  const names = [...new Set(['localhost', hostname().toLowerCase()])].filter(isDnsName)
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { cert: `${pems.cert}\n`, key: pems.private }
}

function isDnsName(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name)
}
