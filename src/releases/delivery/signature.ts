import { createHmac } from 'node:crypto'

/**
 * The value of `Canary-Signature`: `t=<epoch seconds>,v1=<hex>`, where v1 is the HMAC-SHA256 with the secret over t, a
 * dot and the body. A receiver compares it, and refuses a t that is too old.
 */
export function signatureOf(secret: string, body: string, nowMs: number): string {
  const t = Math.floor(nowMs / 1000)
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')
  return `t=${t},v1=${v1}`
}
