import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PEM } from '../support/pem.ts'
import { type Admin, startAdmin } from './admin-harness.ts'

let admin: Admin
beforeEach(async () => {
  admin = await startAdmin()
})
afterEach(() => admin.close())

/** A part with these header lines, or with the disposition of a field of this name. */
interface Part {
  readonly name?: string
  readonly lines?: readonly string[]
  readonly value: string
}

const TYPE = { 'content-type': 'multipart/form-data; boundary=b-1' }

function body(parts: readonly Part[], ending = '--b-1--\r\n'): string {
  const texts = parts.map(({ name, lines, value }) => {
    const head = lines ?? [`Content-Disposition: form-data; name="${name}"`]
    return `--b-1\r\n${head.join('\r\n')}\r\n\r\n${value}\r\n`
  })
  return texts.join('') + ending
}

const post = (path: string, raw: string | Buffer, headers: object = TYPE) =>
  admin.call('POST', path, { raw, headers: { ...headers } })

describe('a multipart body', () => {
  it('makes the same entity as a form with the same fields', async () => {
    const fields = [
      ['name', 'r-1'],
      ['hosts[]', 'a.test'],
      ['hosts[]', 'b.test'],
      ['paths[2]', '/b'],
      ['paths[1]', '/a,b'],
      ['headers.region', 'north'],
      ['strip_path', 'false'],
      ['regex_priority', '7'],
      ['tags[]', 'größe'],
      ['service', ''],
    ] as const
    const form = new URLSearchParams(
      fields.map(([name, value]): [string, string] => [name, value]),
    ).toString()
    const { json: expected } = await admin.call('POST', '/routes', { form })
    await admin.call('DELETE', '/routes/r-1')
    const parts = fields.map(([name, value]) => ({ name, value }))
    const { status, json } = await post('/routes', body(parts))
    expect([status, json]).toEqual([201, { ...expected, id: json.id }])
  })

  it('keeps line breaks, quotes and dashes of a value', async () => {
    const parts = Object.entries(PEM.shop).map(([name, value]) => ({ name, value }))
    const { status, json } = await post('/certificates', body(parts))
    expect([status, json.cert, json.key]).toEqual([201, PEM.shop.cert, PEM.shop.key])
    const tricky = 'a--b-1 "c" --b-1--'
    const made = await post('/consumers', body([{ name: 'username', value: tricky }]))
    expect(made.json.username).toBe(tricky)
  })

  it.each([
    ['filename="shop.pem"', 'application/octet-stream'],
    ['filename="../../etc/passwd"', 'text/plain'],
    ['filename=""', 'application/x-pem-file'],
    ['', 'application/octet-stream'],
  ])('takes a file as its text: %s %s', async (filename, type) => {
    const parts = Object.entries(PEM.shop).map(([name, value]) => ({
      lines: [
        `Content-Disposition: form-data; name="${name}"; ${filename}`,
        `Content-Type: ${type}`,
      ],
      value,
    }))
    const { status, json } = await post('/certificates', body(parts))
    expect([status, json.cert, json.key]).toEqual([201, PEM.shop.cert, PEM.shop.key])
  })

  it('may have a preamble, an epilogue, a quoted boundary and a type of its parts', async () => {
    const lines = ['Content-Disposition: form-data; name=username', 'Content-Type: text/plain']
    const raw = `preamble\r\n${body([{ lines, value: 'anna' }])}epilogue`
    const headers = { 'content-type': 'Multipart/Form-Data; charset=utf-8; boundary="b-1"' }
    expect((await post('/consumers', raw, headers)).json.username).toBe('anna')
  })

  it('may be a change or a replacement', async () => {
    const headers = TYPE
    const raw = body([{ name: 'custom_id', value: '7' }])
    const put = await admin.call('PUT', '/consumers/anna', { raw, headers })
    expect([put.status, put.json]).toMatchObject([200, { username: 'anna', custom_id: '7' }])
    const cleared = body([{ name: 'custom_id', value: '' }])
    const patch = await admin.call('PATCH', '/consumers/anna', { raw: cleared, headers })
    expect([patch.status, patch.json]).toMatchObject([200, { custom_id: null }])
  })
})

it('takes as many parts as any body may have values', async () => {
  const many = (count: number) =>
    post('/services', body(Array.from({ length: count }, () => ({ name: 'tags[]', value: 'a' }))))
  expect((await many(9_990)).json.message).toMatch(/tags: length must be at most 1000/)
  expect((await many(10_001)).json.message).toMatch(/more than 10000 parts/)
})

describe('a multipart body is refused with 400 and stores nothing, when', () => {
  const anna = { name: 'username', value: 'anna' }

  it.each([
    ['it is cut in a value', body([anna], '').slice(0, -4), /no complete multipart body/],
    ['it is cut before its end', body([anna], '--b-1\r\n'), /no complete multipart body/],
    ['it is empty', '', /no complete multipart body/],
    ['its boundary is another', body([anna]).replaceAll('b-1', 'c-2'), /no complete/],
    [
      'a part has no name',
      body([{ lines: ['Content-Disposition: form-data'], value: 'x' }]),
      /a part has no name/,
    ],
    ['it is nested deep', body([{ name: `a${'[b]'.repeat(70)}`, value: '1' }]), /more than 64/],
    ['a key reaches a prototype', body([{ name: '__proto__.x', value: '1' }]), /'__proto__'/],
    ['it holds NUL', body([{ name: 'username', value: 'a\0b' }]), /NUL/],
    [
      'it has too many parts',
      body(Array.from({ length: 10_001 }, () => ({ name: 'tags[]', value: 'a' }))),
      /more than 10000 parts/,
    ],
  ])('%s', async (_, raw, message) => {
    const refused = await post('/consumers', raw)
    expect([refused.status, refused.json]).toEqual([
      400,
      { message: expect.stringMatching(message) },
    ])
    expect((await admin.call('GET', '/consumers')).json.data).toEqual([])
  })

  it('it is no UTF-8', async () => {
    const raw = Buffer.from(body([{ name: 'username', value: 'gr\xf6\xdfe' }]), 'latin1')
    const refused = await post('/consumers', raw)
    expect([refused.status, refused.json]).toEqual([
      400,
      { message: 'the body is not valid UTF-8' },
    ])
  })

  it.each(['multipart/form-data', 'multipart/form-data; boundary='])(
    'its type is %o, without a boundary',
    async (type) => {
      const refused = await post('/consumers', body([anna]), { 'content-type': type })
      expect(refused.status).toBe(400)
      expect(refused.json.message).toMatch(/^Cannot accept the body: /)
    },
  )

  it('it is larger than any body may be', async () => {
    const refused = await post('/consumers', body([{ name: 'a', value: 'x'.repeat(11 << 20) }]))
    expect(refused.status).toBe(413)
  })
})
