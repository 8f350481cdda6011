import { expectedType, REQUIRED } from './kong-messages.ts'
import { schemaViolation } from './schema-violation.ts'

/**
 * Replaces the write-only `url` of a service by protocol, host, port and path: the port from the URL,
 * else 443 for a TLS protocol and 80 for others; the path null when the URL has none, so that a
 * PATCH with `url` clears it. Input without `url` comes back as it is.
 * Throws schema_violation (field `url`) for what is no URL, or has parts a service cannot keep.
 * Source: Kong Gateway 3.9, shorthand `url` of the Service object.
 */
export function expandServiceUrl(input: Record<string, unknown>): Record<string, unknown> {
  if (!Object.hasOwn(input, 'url')) return input
  const { url, ...fields } = input
  if (url === null) throw urlViolation(REQUIRED)
  if (typeof url !== 'string') throw urlViolation(expectedType('string'))
  return { ...fields, ...parseUrl(url) }
}

/** Scheme, authority, path, and the rest that must not be there. */
const URL_PARTS = /^(?:([a-z][a-z0-9_+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)([?#].*)?$/i
const HOST_AND_PORT = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/
const TLS_PROTOCOLS = new Set(['https', 'grpcs', 'tls', 'tls_passthrough'])

function parseUrl(url: string) {
  const [, scheme, authority, path = '', rest] = URL_PARTS.exec(url) ?? []
  // What has neither scheme nor host can only be a path: the fields say what is missing, in Kong's words.
  if (scheme === undefined && authority === undefined) return { host: null, path: url }
  if (authority === undefined)
    throw urlViolation(`'${url}' is no URL such as http://example.com/path`)
  if (scheme === undefined) throw urlViolation('missing scheme in url')
  if (authority.includes('@')) throw urlViolation('must not have a user name or password')
  if (rest !== undefined) throw urlViolation('must not have a query or a fragment')
  const [, host = '', portText] = HOST_AND_PORT.exec(authority) ?? []
  if (host === '') throw urlViolation('missing host in url')
  const protocol = scheme.toLowerCase()
  return {
    protocol,
    host,
    port: portText === undefined ? (TLS_PROTOCOLS.has(protocol) ? 443 : 80) : parsePort(portText),
    path: path === '' ? null : path,
  }
}

function parsePort(value: string): number {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65535) return Number(value)
  throw urlViolation(`invalid port '${value}', expected 0 to 65535`)
}

function urlViolation(message: string): Error {
  return schemaViolation([{ path: ['url'], message }])
}
