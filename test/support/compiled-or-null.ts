import { RE2JS, RE2JSException } from 're2js'

/** A pattern in the engine itself, for patterns that are valid in it. */
export function compiledOrNull(source: string): RE2JS | null {
  try {
    return RE2JS.compile(source)
  } catch (error) {
    if (error instanceof RE2JSException) return null
    throw error
  }
}
