import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { GatewayError } from '../model/errors.ts'
import { type KeyPair, makeSelfSigned } from './self-signed.ts'

/**
 * The self-signed certificate that is kept in a file, with its key, for this user only: made at the first start, and
 * anew when it has expired (ADR 0005). Fails with `invalid_setting` when the file holds anything else, because
 * somebody put it there.
 */
export async function keptCertificate(path: string, now: Date): Promise<KeyPair> {
  const text = await readIfThere(path)
  if (text !== null) {
    const kept = parseKept(path, text)
    if (new X509Certificate(kept.cert).validToDate > now) return kept
  }
  const made = await makeSelfSigned(now)
  await writeWhole(path, made.key + made.cert)
  return made
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw unusable(path, 'cannot be read', error)
  }
}

/** One text serves as both: OpenSSL takes the block that it looks for. */
function parseKept(path: string, text: string): KeyPair {
  try {
    if (new X509Certificate(text).checkPrivateKey(createPrivateKey(text))) {
      return { cert: text, key: text }
    }
  } catch (error) {
    throw unusable(path, 'holds no certificate with its key', error)
  }
  throw unusable(path, 'holds a certificate with the key of another one', null)
}

/** Never half a file: a process that ends in between leaves the old one, or none. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.new`
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true })
    await rename(draft, path)
  } catch (error) {
    throw unusable(path, 'cannot be written', error)
  }
}

function unusable(path: string, problem: string, cause: unknown): GatewayError {
  const message = `the certificate of the Admin API, ${path}, ${problem}; make its rights or its content right, or delete it to have a new one made`
  const details = [{ path: ['admin_tls_listen'], message }]
  return new GatewayError('invalid_setting', message, { details, cause })
}
