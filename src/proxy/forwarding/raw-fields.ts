/**
 * First value of a field in a raw list of names and values in turn; undefined without one. `name` is lower-case.
 * Node's own `headers` would make an object of all fields first.
 */
export function rawValue(rawHeaders: readonly string[], name: string): string | undefined {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const spelling = rawHeaders[i] as string
    if (spelling.length === name.length && spelling.toLowerCase() === name) return rawHeaders[i + 1]
  }
  return undefined
}
