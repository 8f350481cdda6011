/**
 * The address of a database as messages may show it: user and password before an `@`, and a `password` among its
 * parameters, are `***`. Files of SQLite have neither.
 */
export function maskSecrets(address: string): string {
  if (/^sqlite:/i.test(address)) return address
  return address
    .replace(/^([a-z][a-z0-9+.-]*:(?:\/\/)?)?.*@/is, '$1***@')
    .replaceAll(/((?:password|passwd|pwd)\s*=\s*)[^&;\s]+/gi, '$1***')
}
