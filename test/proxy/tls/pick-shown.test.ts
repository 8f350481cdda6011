import { expect, test } from 'vitest'
import { pickShown } from '../../../src/proxy/tls/pick-shown.ts'

const RSA = { keyType: 'rsa' }
const EC = { keyType: 'ec' }
const BOTH_KNOWN = ['ECDSA+SHA256', 'RSA-PSS+SHA256', 'RSA+SHA256']

test.each([
  ['TLS 1.3 that knows both', [RSA, EC], 'TLSv1.3', BOTH_KNOWN, EC],
  ['TLS 1.2 that knows both', [EC, RSA], 'TLSv1.2', BOTH_KNOWN, RSA],
  ['TLS 1.3 with RSA only', [EC, RSA], 'TLSv1.3', ['RSA-PSS+SHA256'], RSA],
  ['TLS 1.2 with ECDSA only', [RSA, EC], 'TLSv1.2', ['ECDSA+SHA384'], EC],
  ['nothing that is known', [EC, RSA], null, [], EC],
  ['nothing that the only one could use', [RSA], 'TLSv1.3', ['ECDSA+SHA256'], RSA],
  ['Ed25519', [RSA, { keyType: 'ed25519' }], 'TLSv1.3', ['Ed25519'], { keyType: 'ed25519' }],
] as const)('a client with %s', (_what, shown, protocol, signatures, picked) => {
  expect(pickShown(shown, { protocol, signatures })).toEqual(picked)
})
