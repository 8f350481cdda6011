import { randomFillSync } from 'node:crypto'

const ID_BYTES = 16
/** Random bytes are drawn for many requests at once: one draw costs more than an id. */
const pool = Buffer.allocUnsafe(ID_BYTES * 256)
let used = pool.length

/** 32 hexadecimal digits, random, as in Kong. */
export function newRequestId(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const start = used
  used += ID_BYTES
  return pool.toString('hex', start, used)
}
