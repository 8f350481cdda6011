const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** True for a UUID of any version, in any case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/** True for two spellings of one UUID. */
export function isSameUuid(given: unknown, uuid: string): boolean {
  return typeof given === 'string' && given.toLowerCase() === uuid.toLowerCase()
}
