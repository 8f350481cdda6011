import { parseAuthority } from '../../model/addresses.ts'
import { normalizePath } from '../../model/normalize-path.ts'
import type { BodyFraming, HeaderFields, ParsedRequest, Scheme } from '../../model/request.ts'
import { MAX_FORM_BYTES } from '../../variants/expressions/request-facts.ts'
import { fieldsAskedFor } from './decision-fields.ts'
import { type DecisionQuery, refuseArgument } from './decision-query.ts'
import type { LookedAt } from './looked-at.ts'

/** A request such as is asked about, and what the proxy would read of its form. */
export interface AskedRequest {
  readonly request: ParsedRequest
  readonly formBody: string | null
}

/**
 * The request with these arguments: `GET /` over HTTP/1.1, sent to the port `listenerPort` by the client itself, but
 * for what is given. Without `ip` its address is empty. Fails with invalid_options.
 */
export function requestAskedFor(
  query: DecisionQuery,
  looked: LookedAt,
  listenerPort: (scheme: Scheme) => number,
): AskedRequest {
  if (looked.isAddressRead && query.ip === null) {
    throw refuseArgument(
      'ip',
      'missing, and expressions of the traffic-split look at it; ask with ip',
    )
  }
  const scheme = schemeAskedFor(query.scheme)
  const { form } = query
  const bytes = form === null ? 0 : Buffer.byteLength(form)
  const body: BodyFraming = form === null ? { kind: 'none' } : { kind: 'length', bytes }
  const address = query.ip ?? ''
  return {
    request: {
      method: methodAskedFor(query),
      ...targetAskedFor(query.path ?? '/'),
      httpVersion: '1.1',
      ...hostAskedFor(query.host ?? '', scheme),
      scheme,
      fields: withDefaults(fieldsAskedFor(query, looked), [
        ...(query.host === null ? [] : [['host', query.host] as const]),
        ...(form === null ? [] : ([['content-type', FORM_TYPE]] as const)),
        ...(form === null ? [] : ([['content-length', String(bytes)]] as const)),
      ]),
      body,
      peerAddress: address,
      clientAddress: address,
      isPeerTrusted: false,
      listenerPort: listenerPort(scheme),
    },
    formBody: bytes > MAX_FORM_BYTES ? null : form,
  }
}

const FORM_TYPE = 'application/x-www-form-urlencoded'

function withDefaults(
  { names, values }: HeaderFields,
  defaults: readonly (readonly [name: string, value: string])[],
): HeaderFields {
  const missing = defaults.filter(([name]) => !names.includes(name))
  return {
    names: [...names, ...missing.map(([name]) => name)],
    values: [...values, ...missing.map(([, value]) => value)],
  }
}

function methodAskedFor({ method, form }: DecisionQuery): string {
  if (method === null) return form === null ? 'GET' : 'POST'
  if (!/^[A-Z-]+$/.test(method)) {
    throw refuseArgument('method', `'${method}' is no method; ask with one such as GET or POST`)
  }
  return method
}

function schemeAskedFor(given: string | null): Scheme {
  if (given === null || given === 'http') return 'http'
  if (given === 'https') return 'https'
  throw refuseArgument('scheme', `'${given}' is not served; ask with http or https`)
}

/** What no request target may hold (RFC 3986) is escaped, as a client would. */
function targetAskedFor(given: string): Pick<ParsedRequest, 'path' | 'rawPath' | 'query'> {
  const target = given.replace(/[^!-~]|#/gu, encodeURIComponent)
  const mark = target.indexOf('?')
  const rawPath = mark === -1 ? target : target.slice(0, mark)
  const normal = normalizePath(rawPath)
  if (normal.kind === 'invalid') throw refuseArgument('path', normal.reason)
  return { path: normal.path, rawPath, query: mark === -1 ? '' : target.slice(mark) }
}

function hostAskedFor(
  given: string,
  scheme: Scheme,
): Pick<ParsedRequest, 'host' | 'port' | 'authority'> {
  const authority = given === '' ? null : parseAuthority(given)
  if (given !== '' && (authority === null || Number.isNaN(authority.port))) {
    throw refuseArgument('host', `'${given}' is no host, nor one with a port`)
  }
  return {
    host: given.replace(/:\d+$/, '').toLowerCase(),
    port: authority?.port ?? (scheme === 'https' ? 443 : 80),
    authority: given,
  }
}
