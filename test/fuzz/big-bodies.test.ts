import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type FuzzGateway, startFuzzGateway } from './fuzz-gateway.ts'

const BODY_BYTES = 10 * 1024 * 1024
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
const MULTIPART_TYPE = 'multipart/form-data; boundary=x'
const PART = '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n'

/** What no parser should be given in this length, whatever it is. */
const MAX_PARSED_LENGTH = 1_000_000

let gateway: FuzzGateway
beforeAll(async () => {
  gateway = await startFuzzGateway()
  await gateway.changes()
})
afterAll(async () => {
  await gateway?.stop()
})

/** As large as a body may be: the repeated text between the two others. */
function filled(start: string, repeated: string, end = ''): Buffer {
  const room = BODY_BYTES - Buffer.byteLength(start) - Buffer.byteLength(end)
  return Buffer.concat([
    Buffer.from(start),
    Buffer.alloc(room - (room % Buffer.byteLength(repeated)), repeated),
    Buffer.from(end),
  ])
}

describe('a body as large as one may be', () => {
  it.each([
    ['lists in lists', JSON_TYPE, filled('{"host":', '[')],
    ['objects in objects', JSON_TYPE, filled('', '{"a":')],
    ['lists that are never closed', JSON_TYPE, filled('', '[')],
    ['many keys', JSON_TYPE, filled('{', '"a":1,', '"a":1}')],
    ['many values', JSON_TYPE, filled('{"tags":[', '1,', '1]}')],
    ['many empty lists', JSON_TYPE, filled('{"tags":[', '[],', '[]]}')],
    ['a long text', JSON_TYPE, filled('{"host":"', 'a', '"}')],
    ['a long text of escapes', JSON_TYPE, filled('{"host":"', '\\u0000', '"}')],
    ['a long key', JSON_TYPE, filled('{"', 'a', '":1}')],
    ['separators', FORM_TYPE, filled('', '&')],
    ['a deep key', FORM_TYPE, filled('a', '[x]', '=1')],
    ['a deep key of names', FORM_TYPE, filled('a', '.x', '=1')],
    ['many deep keys', FORM_TYPE, filled('', `${'a.'.repeat(60)}=1&`, 'a=1')],
    ['spaces', FORM_TYPE, filled('name=', '+')],
    ['escapes that are none', FORM_TYPE, filled('name=', '%')],
    ['a long part', MULTIPART_TYPE, filled(PART, 'a', '\r\n--x--\r\n')],
    ['a part that nearly ends', MULTIPART_TYPE, filled(PART, '\r\n-', '\r\n--x--\r\n')],
    ['many parts', MULTIPART_TYPE, filled('', `${PART}a\r\n`, '--x--\r\n')],
  ])('%s: is refused without being parsed, and changes nothing', async (_, contentType, body) => {
    const parse = vi.spyOn(JSON, 'parse')
    const call = { method: 'POST', path: '/services', contentType, body }
    const { status, text } = await gateway.sendAlone(call)
    const longest = Math.max(0, ...parse.mock.calls.map(([given]) => String(given).length))
    parse.mockRestore()
    expect([status, text]).toEqual([400, expect.stringContaining('Cannot accept the body: ')])
    expect(longest).toBeLessThan(MAX_PARSED_LENGTH)
    expect(await gateway.changes()).toEqual([])
    expect(gateway.logged).toEqual([])
  })

  it('is refused as well when every field of it may be as it is', async () => {
    const paths = Array.from({ length: 1000 }, (_, n) => `/${n}/`.padEnd(8192, 'a'))
    const body = Buffer.from(JSON.stringify({ paths }))
    const call = { method: 'POST', path: '/routes', contentType: JSON_TYPE, body }
    const { status, text } = await gateway.sendAlone(call)
    expect([status, text]).toEqual([400, expect.stringContaining('at most 1048576 are allowed')])
  })
})
