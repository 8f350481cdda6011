import type { Area } from './conformance.ts'
import { type KeyAuthCase, keyAuthRow, PASSED, refused } from './key-auth-cases.ts'

const BODY_CASES: readonly KeyAuthCase[] = [
  {
    id: 'form',
    title: 'With key_in_body a key is taken from a form',
    config: { key_in_body: true },
    line: 'POST /',
    sent: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'a=1&apikey=kong',
    expect: PASSED,
  },
  {
    id: 'json',
    title: 'With key_in_body a key is taken from JSON',
    config: { key_in_body: true },
    line: 'POST /',
    sent: { 'content-type': 'application/json' },
    body: '{"apikey":"kong"}',
    expect: PASSED,
  },
  {
    id: 'off',
    title: 'Without key_in_body bodies are left alone',
    line: 'POST /',
    sent: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'apikey=kong',
    expect: refused('No API key found in request'),
  },
]

/** Keys in bodies. */
export const KEY_AUTH_BODIES: Area = {
  name: 'key-auth-bodies',
  title: 'Plugins: key-auth in bodies',
  rows: BODY_CASES.map(keyAuthRow),
}
