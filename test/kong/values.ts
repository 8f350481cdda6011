/** Patterns of values that a gateway makes up. */
export const ANY_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
export const ANY_TEXT = /./
export const ANY_INTEGER = /^\d+$/
export const REQUEST_ID = /^[0-9a-f]{32}$/

/** Ids that clients choose. */
export const ID = {
  a: 'aaaaaaaa-0000-4000-8000-000000000001',
  b: 'bbbbbbbb-0000-4000-8000-000000000002',
  c: 'cccccccc-0000-4000-8000-000000000003',
  d: 'dddddddd-0000-4000-8000-000000000004',
  /** Never given to an entity. */
  none: 'ffffffff-0000-4000-8000-00000000000f',
} as const

/** Kong's answer to an entity or a path that does not exist. */
export const NOT_FOUND = { status: 404, exactly: { message: 'Not found' } } as const

/** Kong's answer to a verb that a path does not have. */
export const NOT_ALLOWED = { status: 405, exactly: { message: 'Method not allowed' } } as const

/** An answer to input that breaks the schema; `fields` as they are nested in the answer. */
export const violation = (message: string, fields: unknown) =>
  ({ status: 400, exactly: { message, name: 'schema violation', code: 2, fields } }) as const

/** The same for one field, named by its dotted path; numbers count from 1, as in the message. */
export const wrongField = (path: string, message: string) =>
  violation(`schema violation (${path}: ${message})`, nested(path.split('.'), message))

/** The same for a rule that concerns the entity as a whole. */
export const wrongEntity = (message: string) =>
  violation(`schema violation (${message})`, { '@entity': [message] })

/** An answer to a value that another entity already has. */
export const conflict = (message: string, fields: unknown) =>
  ({
    status: 409,
    exactly: { message, name: 'unique constraint violation', code: 5, fields },
  }) as const

function nested(path: readonly string[], message: string): unknown {
  const [first, ...rest] = path
  if (first === undefined) return message
  const value = nested(rest, message)
  if (!/^\d+$/.test(first)) return { [first]: value }
  return [...Array.from({ length: Number(first) - 1 }, () => null), value]
}
