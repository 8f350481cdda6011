import { GatewayError } from '../../model/errors.ts'
import { parseIpAddress } from '../../model/ip-address.ts'

const SINGLE_ARGUMENTS = ['consumer', 'ip', 'cookie', 'route'] as const
/** What only the expressions of a traffic-split look at. */
const REQUEST_ARGUMENTS = ['method', 'host', 'scheme', 'path', 'form'] as const
const ARGUMENTS = ['consumer', 'ip', 'header', 'cookie', 'route', ...REQUEST_ARGUMENTS] as const

export type DecisionArgument = (typeof ARGUMENTS)[number]

/** The arguments of the question as given; null for what was not. */
export type DecisionQuery = Readonly<Record<Exclude<DecisionArgument, 'header'>, string | null>> & {
  readonly headers: readonly string[]
}

/** The arguments of the question, each but `header` at most once, `ip` in its one spelling. Fails with invalid_options. */
export function readDecisionQuery(query: URLSearchParams): DecisionQuery {
  for (const name of query.keys()) {
    if (!ARGUMENTS.some((known) => known === name)) {
      throw refuseArgument(name, `unknown; ask with ${ARGUMENTS.join(', ')}`)
    }
    if (name !== 'header' && query.getAll(name).length > 1) {
      throw refuseArgument(name, 'given more than once')
    }
  }
  const names = [...SINGLE_ARGUMENTS, ...REQUEST_ARGUMENTS] as const
  const single = Object.fromEntries(names.map((name) => [name, query.get(name)])) as Readonly<
    Record<(typeof names)[number], string | null>
  >
  return { ...single, ip: readAddress(single.ip), headers: query.getAll('header') }
}

/** The error for an argument of the question. */
export function refuseArgument(name: DecisionArgument | string, problem: string): GatewayError {
  const message = `query argument '${name}': ${problem}`
  return new GatewayError('invalid_options', message, {
    details: [{ path: [name], message: problem }],
  })
}

function readAddress(given: string | null): string | null {
  if (given === null) return null
  const address = parseIpAddress(given)
  if (address === null) throw refuseArgument('ip', `'${given}' is not an IP address`)
  return address.text
}
