import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keptCertificate } from '../../src/tls/kept-certificate.ts'
import { makeSelfSigned } from '../../src/tls/self-signed.ts'

const NOW = new Date('2027-01-01')

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canary-kept-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

const serialOf = (pem: string) => new X509Certificate(pem).serialNumber

test('a self-signed certificate is for this machine, belongs to its key and vouches for itself', async () => {
  const { cert, key } = await makeSelfSigned(NOW)
  const read = new X509Certificate(cert)
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
  expect(read.verify(read.publicKey)).toBe(true)
  expect(read.checkHost('localhost')).toBe('localhost')
  expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(read.checkIP('::1')).toBe('::1')
  expect(read.validFromDate < NOW && read.validToDate > NOW).toBe(true)
})

test('two self-signed certificates have keys and serial numbers of their own', async () => {
  const [one, other] = [await makeSelfSigned(NOW), await makeSelfSigned(NOW)]
  expect(one.key).not.toBe(other.key)
  expect(serialOf(one.cert)).not.toBe(serialOf(other.cert))
})

test('a kept certificate stays until it has expired, and then there is another one', async () => {
  const path = join(folder, 'kept.pem')
  const first = await keptCertificate(path, NOW)
  expect(serialOf((await keptCertificate(path, new Date('2036-12-01'))).cert)).toBe(
    serialOf(first.cert),
  )
  const later = await keptCertificate(path, new Date('2037-01-01'))
  expect(serialOf(later.cert)).not.toBe(serialOf(first.cert))
  expect(readdirSync(folder)).toEqual(['kept.pem'])
})

test('a folder that cannot be written to is named', async () => {
  const path = join(folder, 'gone', 'kept.pem')
  await expect(keptCertificate(path, NOW)).rejects.toThrow(`${path}, cannot be written`)
})
