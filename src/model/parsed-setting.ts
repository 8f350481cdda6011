import { z } from 'zod'
import type { Parsed } from './setting-values.ts'

/** A setting that is read from its text; what is wrong with it is told in the words of `parse`. */
export function parsedBy<T>(parse: (text: string) => Parsed<T>) {
  return z.string('must be one value').transform((text, context) => {
    const parsed = parse(text)
    if (parsed.kind === 'ok') return parsed.value
    context.addIssue({ code: 'custom', message: parsed.allowed, input: text })
    return z.NEVER
  })
}
