import { NOBODY } from '../src/model/identity.ts'
import { compileRequestExpression } from '../src/variants/expressions/request-expression.ts'
import type { RequestFacts } from '../src/variants/expressions/request-facts.ts'
import { naiveHolds } from '../test/support/naive-expression.ts'
import { naiveVariable } from '../test/support/naive-variable.ts'
import { parsedRequest } from '../test/support/parsed-request.ts'

/**
 * Processor time per evaluation of an expression, in nanoseconds: best and median of several rounds of a million, beside
 * a naive interpreter of the JSON (of which there are fewer). Every clause of the compiled ones is evaluated. Exits with
 * 1 when four clauses without pattern or address take a microsecond. `node bench/expression.ts`
 */

const ROUNDS = 7
const EVALUATIONS = 1_000_000
const NAIVE_EVALUATIONS = 20_000
const REQUEST_COUNT = 1000
const LIMIT_NANOS = 1000

const BY_HEADER = ['http_x_env', '==', 'green']

/** All of them hold for every request. */
const CASES: readonly (readonly [name: string, vars: readonly unknown[], isLimited: boolean])[] = [
  ['one header', [BY_HEADER], false],
  [
    'four clauses',
    [BY_HEADER, ['arg_version', '>=', 2], ['cookie_side', 'in', ['a', 'b']], ['uri', '~=', '/x']],
    true,
  ],
  [
    'four clauses, nested',
    ['OR', ['http_x_env', '==', 'blue'], ['AND', BY_HEADER, ['arg_version', '>', '1']], BY_HEADER],
    true,
  ],
  [
    'four clauses, pattern and address',
    [
      BY_HEADER,
      ['http_user_agent', '~~', 'Chrome/1[0-9]+'],
      ['remote_addr', 'ipmatch', '10.0.0.0/8'],
      ['arg_version', '!', '<', 2],
    ],
    false,
  ],
  ['an address of IPv6', [['http_x_address', 'ipmatch', '2001:db8::/32']], false],
]

const requests = Array.from({ length: REQUEST_COUNT }, (_, i) => factsOfRequest(i))

console.log(
  `${''.padEnd(36)}${'best, ns'.padStart(10)}${'median, ns'.padStart(12)}${'naive, ns'.padStart(12)}`,
)
let isTooSlow = false
for (const [name, vars, isLimited] of CASES) {
  const { holds } = compileRequestExpression(vars)
  const naive = (facts: RequestFacts) => naiveHolds(vars, (key) => naiveVariable(key, facts))
  const times = roundsOf(holds, EVALUATIONS)
  const naiveTimes = roundsOf(naive, NAIVE_EVALUATIONS)
  const cells = [
    [times[0], 10],
    [median(times), 12],
    [median(naiveTimes), 12],
  ] as const
  const row = cells.map(([value, width]) => (value ?? Number.NaN).toFixed(0).padStart(width))
  console.log(`${name.padEnd(36)}${row.join('')}`)
  if (isLimited && median(times) >= LIMIT_NANOS) isTooSlow = true
}
if (isTooSlow) {
  console.error(`four clauses take ${LIMIT_NANOS} ns or more`)
  process.exitCode = 1
}

/** Nanoseconds per evaluation of each round, ascending. The first round is for warming up. */
function roundsOf(holds: (facts: RequestFacts) => boolean, count: number): number[] {
  const times = Array.from({ length: ROUNDS + 1 }, () => nanosPerEvaluation(holds, count))
  return times.slice(1).toSorted((a, b) => a - b)
}

function nanosPerEvaluation(holds: (facts: RequestFacts) => boolean, count: number): number {
  let held = 0
  const before = process.cpuUsage()
  for (let i = 0; i < count; i++) if (holds(requests[i % REQUEST_COUNT] as RequestFacts)) held++
  const { user, system } = process.cpuUsage(before)
  if (held !== count) throw new Error(`${held} of ${count} hold`)
  return ((user + system) * 1000) / count
}

function median(ascending: readonly number[]): number {
  return ascending[ascending.length >> 1] ?? Number.NaN
}

/** A request of a browser, with what the cases ask for. */
function factsOfRequest(i: number): RequestFacts {
  const headers: readonly (readonly [string, string])[] = [
    ['Host', 'shop.example'],
    ['User-Agent', `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${100 + (i % 50)}.0`],
    ['Accept', 'text/html,application/xhtml+xml'],
    ['Accept-Language', 'en'],
    ['Accept-Encoding', 'gzip, br'],
    ['X-Request-Id', `request-${i}`],
    ['X-Forwarded-For', '203.0.113.7'],
    ['X-Address', `2001:db8::${(i % 250).toString(16)}`],
    ['Cookie', `theme=dark; session=${i}abcdef; side=${i % 2 === 0 ? 'a' : 'b'}`],
    ['X-Env', 'green'],
  ]
  return {
    request: parsedRequest({
      headers,
      path: `/shop/items/${i}`,
      query: `?page=${i}&version=${2 + (i % 3)}`,
      clientAddress: `10.0.${i >> 8}.${i & 255}`,
    }),
    identity: NOBODY,
    consumerGroup: null,
    route: null,
    service: null,
    formBody: null,
  }
}
