const SPACE = 0x20
const TAB = 0x09

/**
 * Value of a cookie as sent, quotes and all; `''` for an empty one, undefined when there is none.
 * `cookieHeaderValues` are the values of the Cookie fields in the order received; the first match wins.
 * Names are compared to the letter (RFC 6265 sections 4.2 and 5.4; several fields: RFC 9113 section 8.2.3).
 */
export function cookieValue(
  cookieHeaderValues: readonly string[],
  name: string,
): string | undefined {
  for (const header of cookieHeaderValues) {
    const value = valueIn(header, name)
    if (value !== undefined) return value
  }
  return undefined
}

function valueIn(header: string, name: string): string | undefined {
  let start = 0
  while (start < header.length) {
    let end = header.indexOf(';', start)
    if (end === -1) end = header.length
    const from = skipBlanks(header, start, end)
    const equals = header.indexOf('=', from)
    if (equals !== -1 && equals < end) {
      const nameEnd = trimBlanks(header, from, equals)
      if (nameEnd - from === name.length && header.startsWith(name, from)) {
        const valueStart = skipBlanks(header, equals + 1, end)
        return header.slice(valueStart, trimBlanks(header, valueStart, end))
      }
    }
    start = end + 1
  }
  return undefined
}

function skipBlanks(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isBlank(text.charCodeAt(at))) at++
  return at
}

function trimBlanks(text: string, start: number, end: number): number {
  let at = end
  while (at > start && isBlank(text.charCodeAt(at - 1))) at--
  return at
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
