import { type ErrorDetail, GatewayError } from './errors.ts'
import { ENTITY } from './kong-messages.ts'

/**
 * The error for input that breaks its schema: `schema violation (name: required field missing)`,
 * `2 schema violations (host: …; path: …)`. Problems are sorted by field, those of the whole entity
 * first and without a field name before them; indexes count from 0 in the details and from 1 in the
 * message. Source: wording of Kong Gateway 3.9.
 */
export function schemaViolation(details: readonly ErrorDetail[]): GatewayError {
  const sorted = details
    .map((detail) => ({ detail, field: displayPath(detail.path) }))
    .sort((a, b) => rank(a.field, b.field))
  const list = sorted.map(({ detail, field }) => sentence(field, detail.message)).join('; ')
  const title = sorted.length === 1 ? 'schema violation' : `${sorted.length} schema violations`
  return new GatewayError('schema_violation', `${title} (${list})`, {
    details: sorted.map(({ detail }) => detail),
  })
}

function sentence(field: string, message: string | null): string {
  return field === ENTITY ? String(message) : `${field}: ${message}`
}

function displayPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return ENTITY
  return path.map((part) => (typeof part === 'number' ? part + 1 : part)).join('.')
}

function rank(a: string, b: string): number {
  if (a === b) return 0
  if (a === ENTITY) return -1
  if (b === ENTITY) return 1
  return a < b ? -1 : 1
}
