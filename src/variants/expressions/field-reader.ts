import { textFromHeader } from '../../model/header-text.ts'
import type { HeaderFields } from '../../model/request.ts'

/**
 * Reads a header field as nginx's `$http_<name>`: names without case, `-` and `_` equal; a field that is repeated is
 * one value, joined by `, ` (Cookie by `; `: RFC 9113 section 8.2.3). Nothing is allocated for an ASCII value that
 * stands once.
 */
export function fieldReader(name: string): (fields: HeaderFields) => string | undefined {
  const wanted = name.toLowerCase().replaceAll('_', '-')
  const separator = wanted === 'cookie' ? '; ' : ', '
  return (fields) => {
    const { names, values } = fields
    let found: string | undefined
    for (let i = 0; i < names.length; i++) {
      if (!isField(names[i] as string, wanted)) continue
      const value = values[i] as string
      found = found === undefined ? value : found + separator + value
    }
    return found === undefined ? undefined : textFromHeader(found)
  }
}

function isField(sent: string, wanted: string): boolean {
  if (sent.length !== wanted.length) return false
  return sent === wanted || (sent.includes('_') && sent.replaceAll('_', '-') === wanted)
}
