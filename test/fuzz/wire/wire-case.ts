import fc from 'fast-check'
import { type ByteChange, byteChange } from './byte-mutations.ts'
import { type LineChange, lineChange } from './line-mutations.ts'
import { type ValidRequest, validRequest } from './valid-requests.ts'

/** What a client sends on one connection. */
export interface WireCase {
  /** One character per byte. */
  readonly bytes: string
  /** Where one write ends and the next begins. */
  readonly cuts: readonly number[]
}

/** The writes of a case, none of them empty. */
export function piecesOf({ bytes, cuts }: WireCase): readonly string[] {
  const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end)).filter(Boolean)
}

const PLACE = fc.nat(100_000)

interface LineMutation {
  readonly request: number
  readonly change: LineChange
  readonly at: number
}
const lineMutation: fc.Arbitrary<LineMutation> = fc.record({
  request: fc.nat(2),
  change: lineChange,
  at: PLACE,
})

interface ByteMutation {
  readonly change: ByteChange
  readonly at: number
}
const byteMutation: fc.Arbitrary<ByteMutation> = fc.record({ change: byteChange, at: PLACE })

/** One to three pipelined requests, none to four mutations, in one to seven writes. */
export const wireCase: fc.Arbitrary<WireCase> = fc
  .record({
    requests: fc.array(validRequest, { minLength: 1, maxLength: 3 }),
    lines: fc.oneof(fc.constant<LineMutation[]>([]), fc.array(lineMutation, { maxLength: 2 })),
    places: fc.oneof(fc.constant<ByteMutation[]>([]), fc.array(byteMutation, { maxLength: 2 })),
    cuts: fc.array(PLACE, { maxLength: 6 }),
  })
  .map(({ requests, lines, places, cuts }) => {
    const whole = lines.reduce(mutateLines, requests).map(render).join('')
    const bytes = places.reduce((text, { change, at }) => change(text, at), whole)
    return { bytes, cuts: cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b) }
  })

function mutateLines(
  requests: ValidRequest[],
  { request, change, at }: LineMutation,
): ValidRequest[] {
  const index = request % requests.length
  return requests.map((given, other) => (other === index ? change(given, at) : given))
}

function render({ requestLine, fields, body }: ValidRequest): string {
  return `${[requestLine, ...fields].join('\r\n')}\r\n\r\n${body}`
}
