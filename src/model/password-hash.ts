import { scrypt, timingSafeEqual } from 'node:crypto'

/**
 * What one hash costs: 8 MiB and some 20 ms, beside Kong's one round of SHA-1 for the same purpose. The costs stand in
 * every hash, so that they can be raised for new ones. Source: RFC 7914 section 2 for the meaning of the three.
 */
const COSTS = { logN: 13, r: 8, p: 1 } as const

const HASH_BYTES = 32

/**
 * `$scrypt$ln=13,r=8,p=1$<salt>$<hash>` (PHC string format): what is stored of a password. `salt` must be random, 16
 * bytes. Takes its time in another thread.
 */
export async function hashPassword(password: string, salt: Buffer): Promise<string> {
  const { logN, r, p } = COSTS
  const hash = await derive(password, salt)
  return `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`
}

/** True when the hash was made from this password. A text that is no such hash is nobody's. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, salt, hash] = STORED.exec(stored) ?? []
  if (salt === undefined || hash === undefined) return false
  const derived = await derive(password, Buffer.from(salt, 'base64'))
  return timingSafeEqual(derived, Buffer.from(hash, 'base64'))
}

/** True for a text that `hashPassword` could have made. */
export function isPasswordHash(text: string): boolean {
  return STORED.test(text)
}

/** 16 bytes are 22 digits of base64, 32 bytes are 43. */
const STORED = new RegExp(
  `^\\$scrypt\\$ln=${COSTS.logN},r=${COSTS.r},p=${COSTS.p}\\$([A-Za-z0-9+/]{22})\\$([A-Za-z0-9+/]{43})$`,
)

function derive(password: string, salt: Buffer): Promise<Buffer> {
  const { logN, r, p } = COSTS
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, { N: 2 ** logN, r, p }, (error, hash) => {
      if (error === null) resolve(hash)
      else reject(error)
    })
  })
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
