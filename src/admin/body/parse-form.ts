import { queryPartBytes } from '../../model/query-args.ts'
import { type FormField, type FormTree, formTree } from './form-tree.ts'
import {
  keyTooLong,
  MAX_KEY_LENGTH,
  MAX_TEXT_LENGTH,
  MAX_VALUES,
  refusal,
  textTooLong,
  tooManyValues,
} from './refuse-hostile-input.ts'

/** A character of three bytes in UTF-8, each of them as `%20`. */
const CODES_PER_CHARACTER = 9
const MAX_SHOWN_LENGTH = 64

/**
 * Reads `application/x-www-form-urlencoded` text as `formTree` does its fields (WHATWG URL section 5.1, but for bytes
 * that are no UTF-8, which are refused: nobody meant the U+FFFD that would be stored for them).
 * Fails with unparsable_body, also when it is nested too deep, has too many fields or one that is too long.
 */
export function parseForm(text: string, maxTextLength = MAX_TEXT_LENGTH): FormTree {
  refuseTooMany(text)
  return formTree(formFields(text, maxTextLength))
}

/** Counted before anything is made of them: a separator costs one byte, a field some hundred. */
function refuseTooMany(text: string): void {
  let count = 1
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) {
    count++
    if (count > MAX_VALUES) throw tooManyValues()
  }
}

function* formFields(text: string, maxTextLength: number): Generator<FormField> {
  for (const field of text.split('&')) {
    if (field === '') continue
    const equals = field.indexOf('=')
    const key = equals === -1 ? field : field.slice(0, equals)
    const value = equals === -1 ? '' : field.slice(equals + 1)
    if (key.length > CODES_PER_CHARACTER * MAX_KEY_LENGTH) throw keyTooLong()
    if (value.length > CODES_PER_CHARACTER * maxTextLength) throw textTooLong()
    const name = decoded(key)
    if (name === null) throw refusal(`the key ${shown(key)} is not valid UTF-8`)
    const content = decoded(value)
    if (content === null) throw refusal(`the value of ${shown(name)} is not valid UTF-8`)
    yield [name, content]
  }
}

/** Null for bytes that are no UTF-8. */
function decoded(part: string): string | null {
  if (!part.includes('%') && !part.includes('+')) return part
  try {
    return STRICT_UTF8.decode(queryPartBytes(part))
  } catch {
    return null
  }
}

/** A byte order mark inside of a form is a character like any other. */
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function shown(name: string): string {
  const text = name.length > MAX_SHOWN_LENGTH ? `${name.slice(0, MAX_SHOWN_LENGTH)}…` : name
  return `'${text.toWellFormed()}'`
}
