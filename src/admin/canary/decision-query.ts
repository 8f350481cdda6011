import { GatewayError } from '../../model/errors.ts'
import { parseIpAddress } from '../../model/ip-address.ts'
import type { HeaderFields } from '../../model/request.ts'
import type { CompiledCanary } from '../../variants/compile-canary.ts'

const ARGUMENTS = ['consumer', 'ip', 'header', 'cookie', 'route'] as const

export type DecisionArgument = (typeof ARGUMENTS)[number]
export type DecisionQuery = Readonly<Record<DecisionArgument, string | null>>

/** The arguments of the question, each at most once, `ip` in its one spelling. Fails with invalid_options. */
export function readDecisionQuery(query: URLSearchParams): DecisionQuery {
  for (const name of query.keys()) {
    if (!ARGUMENTS.some((known) => known === name)) {
      throw refuseArgument(name, `unknown; ask with ${ARGUMENTS.join(', ')}`)
    }
    if (query.getAll(name).length > 1) throw refuseArgument(name, 'given more than once')
  }
  return {
    consumer: query.get('consumer'),
    ip: readAddress(query.get('ip')),
    header: query.get('header'),
    cookie: query.get('cookie'),
    route: query.get('route'),
  }
}

/**
 * The header fields a request with these arguments would have, as the proxy reads them: one character per byte,
 * without blanks around. `header=value` stands for the header that the canary hashes; `header=name:value` names it or
 * the override header. `cookie=value` stands for the cookie that it hashes. Fails with invalid_options.
 */
export function fieldsAskedFor(query: DecisionQuery, canary: CompiledCanary | null): HeaderFields {
  const names: string[] = []
  const values: string[] = []
  if (query.header !== null) {
    const [name, value] = headerAskedFor(query.header, canary)
    names.push(name)
    values.push(fieldValue('header', value))
  }
  if (query.cookie !== null) {
    names.push('cookie')
    values.push(fieldValue('cookie', `${cookieName(canary)}=${cookieText(query.cookie)}`))
  }
  return { names, values }
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

function headerAskedFor(
  given: string,
  canary: CompiledCanary | null,
): readonly [name: string, value: string] {
  const hashed = stickyName(canary, 'header')
  const known = [hashed, canary?.overrideHeader ?? null].filter((name) => name !== null)
  const colon = given.indexOf(':')
  const name = given.slice(0, Math.max(0, colon)).trim().toLowerCase()
  if (known.includes(name)) return [name, given.slice(colon + 1)]
  if (hashed !== null) return [hashed, given]
  throw refuseArgument(
    'header',
    known.length === 0
      ? 'this canary looks at no header; ask with consumer or ip'
      : `this canary looks at the header '${known.join(', ')}' only; ask with header=${known[0]}:always`,
  )
}

function cookieName(canary: CompiledCanary | null): string {
  const name = stickyName(canary, 'cookie')
  if (name === null) {
    throw refuseArgument(
      'cookie',
      'this canary looks at no cookie; ask with consumer, ip or header',
    )
  }
  return name
}

function cookieText(value: string): string {
  if (value.includes(';')) throw refuseArgument('cookie', 'a cookie value holds no semicolon')
  return value
}

function stickyName(canary: CompiledCanary | null, source: 'header' | 'cookie'): string | null {
  if (canary?.assignment.kind !== 'hash') return null
  const { stickyOn } = canary.assignment
  return stickyOn.source === source && 'name' in stickyOn ? stickyOn.name : null
}

/** Blanks around a value are not part of it (RFC 9110 section 5.5), and Node hands out its bytes as characters. */
function fieldValue(argument: DecisionArgument, text: string): string {
  if (CONTROL_CHARACTER.test(text)) {
    throw refuseArgument(argument, 'no header field can hold a control character')
  }
  return Buffer.from(text.replace(BLANKS_AROUND, ''), 'utf8').toString('latin1')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL_CHARACTER = /[\u0000-\u0008\u000a-\u001f\u007f]/
const BLANKS_AROUND = /^[ \t]+|[ \t]+$/g
