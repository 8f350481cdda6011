import fc from 'fast-check'

/** Changes bytes (one character each); `at` picks a place. */
export type ByteChange = (bytes: string, at: number) => string

const INSERTED = [
  '\r',
  '\n',
  '\0',
  ':',
  ' ',
  '\t',
  '\r\n',
  '\r\n\r\n',
  ';',
  '0',
  'a',
  '\x0b',
  '\xff',
]

const LINE_ENDS = ['\n', '\r', '\r\r\n', '\n\r', '\r\n\r\n', ' \r\n', '\r\n ', '']

const SIZES = ['', '0x1', '-1', '+1', ' 1', '1 ', '1\t', '1;', '1;=', '1;a=', '1;"', '1 ;a', 'g']
const LARGE_SIZES = ['ffffffff', 'ffffffffffffffff', '10000000000000000', '0'.repeat(20), '00000']

export const byteChange: fc.Arbitrary<ByteChange> = fc.oneof(
  fc.constantFrom(...INSERTED).map(
    (text): ByteChange =>
      (bytes, at) =>
        splice(bytes, at, 0, text),
  ),
  fc.constantFrom(...INSERTED).map(
    (text): ByteChange =>
      (bytes, at) =>
        splice(bytes, at, 1, text),
  ),
  fc.integer({ min: 1, max: 3 }).map(
    (count): ByteChange =>
      (bytes, at) =>
        splice(bytes, at, count, ''),
  ),
  fc.constantFrom(...LINE_ENDS).map(
    (end): ByteChange =>
      (bytes, at) =>
        replaceOne(bytes, /\r\n/g, { at, by: end }),
  ),
  fc.constantFrom(...SIZES, ...LARGE_SIZES).map(
    (size): ByteChange =>
      (bytes, at) =>
        replaceOne(bytes, /(?<=\r\n)[0-9a-f]+(?=[;\r])/gi, { at, by: size }),
  ),
  fc.constant<ByteChange>((bytes, at) => bytes.slice(0, at % (bytes.length + 1))),
)

function splice(bytes: string, at: number, deleted: number, text: string): string {
  const from = at % (bytes.length + 1)
  return bytes.slice(0, from) + text + bytes.slice(from + deleted)
}

/** Replaces one of the places that a pattern finds. */
function replaceOne(
  bytes: string,
  pattern: RegExp,
  { at, by }: { at: number; by: string },
): string {
  const found = [...bytes.matchAll(pattern)]
  const place = found[at % Math.max(1, found.length)]
  if (place === undefined) return bytes
  return bytes.slice(0, place.index) + by + bytes.slice(place.index + place[0].length)
}
