import { readFileSync } from 'node:fs'

const read = (name: string) =>
  readFileSync(new URL(`./certificates/${name}`, import.meta.url), 'utf8')

/** Certificates and keys for tests only, valid until 2126; made with `openssl req -x509`. */
export const PEM = {
  /** RSA, for shop.test. */
  shop: { cert: read('shop.crt'), key: read('shop.key') },
  /** EC, for shop.test. */
  shopEc: { cert: read('shop-ec.crt'), key: read('shop-ec.key') },
  /** RSA, for other.test. */
  other: { cert: read('other.crt'), key: read('other.key') },
  /** Two certificates of authorities. */
  rootCa: read('root.ca.crt'),
  otherRootCa: read('other-root.ca.crt'),
} as const
