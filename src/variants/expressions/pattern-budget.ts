import {
  compileLinearRegex,
  type LinearRegex,
  LinearRegexError,
  type LinearRegexFlags,
} from '../../model/linear-regex.ts'
import { patternSize } from '../../model/pattern-size.ts'
import { MAX_REGEXES, MAX_TOTAL_SIZE } from '../../model/route-regexes.ts'
import { ExpressionError, type Position, shown } from './expression-error.ts'

/** What the patterns of one expression, or of all of one plugin, may come to together; they are bounded like those of a field of a route. */
export class PatternBudget {
  #count = 0
  #size = 0

  /** Throws ExpressionError for a pattern that is not valid, not linear or too large, alone or with those before it. */
  compile(source: string, flags: LinearRegexFlags, position: Position): LinearRegex {
    this.#count++
    if (this.#count > MAX_REGEXES) throw tooMany(`at most ${MAX_REGEXES} are allowed`, position)
    try {
      const regex = compileLinearRegex(source, flags)
      this.#size += patternSize(source, flags.ignoreCase === true)
      if (this.#size <= MAX_TOTAL_SIZE) return regex
    } catch (error) {
      if (!(error instanceof LinearRegexError)) throw error
      const reason = `invalid regular expression '${shown(source)}'`
      throw new ExpressionError(reason, position, error.message, error)
    }
    const hint = `they come to some ${this.#size} instructions together, at most ${MAX_TOTAL_SIZE} are allowed`
    throw tooMany(hint, position)
  }
}

function tooMany(hint: string, position: Position): ExpressionError {
  return new ExpressionError('too many regular expressions', position, hint)
}
