import type { HeaderFields } from '../../model/request.ts'
import { type DecisionArgument, type DecisionQuery, refuseArgument } from './decision-query.ts'
import type { LookedAt } from './looked-at.ts'

/**
 * The header fields a request with these arguments would have, as the proxy reads them: one character per byte,
 * without blanks around. `header=value` stands for the header that is hashed; `header=name:value` names it, the
 * override header, or any that a traffic-split may look at. `cookie=value` stands for the cookie that is hashed;
 * `cookie=name=value` names it. Fails with invalid_options.
 */
export function fieldsAskedFor(query: DecisionQuery, looked: LookedAt): HeaderFields {
  const fields = query.headers.map((given) => headerAskedFor(given, looked))
  if (query.cookie !== null) fields.push(['cookie', cookieAskedFor(query.cookie, looked)])
  return {
    names: fields.map(([name]) => name),
    values: fields.map(([name, value]) =>
      fieldValue(name === 'cookie' && query.cookie !== null ? 'cookie' : 'header', value),
    ),
  }
}

function headerAskedFor(
  given: string,
  { hashedHeaders, overrideHeader, isAnyFieldRead }: LookedAt,
): readonly [name: string, value: string] {
  const known = [...hashedHeaders, overrideHeader].filter((name) => name !== null)
  const colon = given.indexOf(':')
  const name = given.slice(0, Math.max(0, colon)).trim().toLowerCase()
  const isNamed = known.includes(name) || (isAnyFieldRead && FIELD_NAME.test(name))
  if (isNamed) return [name, given.slice(colon + 1)]
  const [hashed, ...others] = hashedHeaders
  if (hashed !== undefined && others.length === 0) return [hashed, given]
  if (isAnyFieldRead) {
    throw refuseArgument(
      'header',
      'say which one, since a traffic-split is in force; ask with header=<name>:<value>',
    )
  }
  throw refuseArgument(
    'header',
    known.length === 0
      ? 'this canary looks at no header; ask with consumer or ip'
      : `this canary looks at the header '${known.join(', ')}' only; ask with header=${known[0]}:always`,
  )
}

/** The value of a Cookie field. */
function cookieAskedFor(given: string, { cookies, isAnyFieldRead }: LookedAt): string {
  if (given.includes(';')) throw refuseArgument('cookie', 'a cookie value holds no semicolon')
  const [hashed, ...others] = cookies
  const isNamed = isAnyFieldRead && cookies.some((name) => given.startsWith(`${name}=`))
  if (hashed !== undefined && others.length === 0 && !isNamed) return `${hashed}=${given}`
  if (isAnyFieldRead) {
    if (given.indexOf('=') > 0) return given
    throw refuseArgument(
      'cookie',
      'say which one, since a traffic-split is in force; ask with cookie=<name>=<value>',
    )
  }
  throw refuseArgument('cookie', 'this canary looks at no cookie; ask with consumer, ip or header')
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
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
