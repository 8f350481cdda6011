import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseForm } from '../../../src/admin/body/parse-form.ts'
import { parseMultipart } from '../../../src/admin/body/parse-multipart.ts'
import { GatewayError } from '../../../src/model/errors.ts'

const TYPE = 'multipart/form-data; boundary=b-1'

/** Names as they may stand between quotes; values as they are, but for the delimiter. */
const part = fc.tuple(
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((name) => name.replaceAll(/["\\\r\n%]/g, '')),
  fc
    .string({ unit: 'grapheme', maxLength: 40 })
    .map((value) => value.replaceAll('--b-1', '').replace(/^\uFEFF/, '')),
)

function encode(parts: readonly (readonly [string, string])[]): Buffer {
  const texts = parts.map(
    ([name, value]) =>
      `--b-1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return Buffer.from(`${texts.join('')}--b-1--\r\n`)
}

/** What came of it, which must come soon: a body that is never done with would hold a connection for ever. */
async function outcome(bytes: Buffer, type = TYPE): Promise<'fields' | 'refused'> {
  try {
    await parseMultipart(bytes, type)
    return 'fields'
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    expect((error as GatewayError).code).toBe('unparsable_body')
    return 'refused'
  }
}

describe('a multipart body', () => {
  it('holds the fields that were put in, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async (parts) => {
        const form = new URLSearchParams(
          parts.map(([name, value]): [string, string] => [name, value]),
        )
        expect(await parseMultipart(encode(parts), TYPE)).toEqual(parseForm(form.toString()))
      }),
      { numRuns: 500 },
    )
  })

  it('that is cut anywhere is refused', async () => {
    const whole = encode([
      ['username', 'anna'],
      ['tags[]', 'größe'],
    ])
    // The last four bytes, `--` and a line break, may be missing in part.
    for (let end = 0; end < whole.length - 4; end++) {
      expect([end, await outcome(whole.subarray(0, end))]).toEqual([end, 'refused'])
    }
  })

  it('that was tampered with is read or refused, and neither hangs nor ends the process', async () => {
    const tokens = fc.constantFrom(
      ...['--b-1', '--b-1--', '\r\n', '\n', '\r', '\r\n\r\n', '--', ': ', ';', '"', '=', '\0'],
      ...['Content-Disposition: form-data; name="a"', 'Content-Disposition: form-data', 'name='],
      ...['filename="f"', 'Content-Type: application/octet-stream', 'Content-Type: a/b; charset=x'],
      ...['Content-Transfer-Encoding: base64', 'a', 'x'.repeat(20_000), 'ü'],
    )
    await fc.assert(
      fc.asyncProperty(fc.array(tokens, { maxLength: 25 }), async (texts) => {
        await outcome(Buffer.from(texts.join('')))
      }),
      { numRuns: 3_000 },
    )
  })

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary="',
    "multipart/form-data; boundary*=utf-8''b-1",
    `multipart/form-data; boundary=${'b'.repeat(10_000)}`,
    'multipart/form-data; boundary=c',
    'multipart/form-data;;;=;boundary',
  ])('under the type %o is refused or read', async (type) => {
    expect(['fields', 'refused']).toContain(await outcome(encode([['a', 'b']]), type))
  })
})
