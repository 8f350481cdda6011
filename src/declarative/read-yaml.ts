import { LineCounter, parseDocument } from 'yaml'
import { type FileProblem, fileProblem } from './file-problem.ts'
import type { Positions } from './positions.ts'
import { YamlWalk } from './yaml-walk.ts'

/** What a text holds: plain values, and where they stand. */
export type ReadText =
  | { readonly kind: 'value'; readonly value: unknown; readonly positions: Positions }
  | { readonly kind: 'wrong'; readonly problems: readonly FileProblem[] }

/**
 * The one document of a YAML 1.2 text, and so of a JSON text too. Aliases and merge keys (`<<`) are expanded within
 * limits; tags, keys that are no text, keys that stand twice, and whatever is too deep or too much are problems.
 */
export function readYaml(text: string): ReadText {
  const lines = new LineCounter()
  const lineAtOffset = (offset: number): number => lines.linePos(offset).line
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      merge: false,
      // Comparing each key with all others takes quadratic time; the walk knows a better way.
      uniqueKeys: false,
    })
    const wrong = [...document.errors, ...document.warnings]
    if (wrong.length > 0) {
      const problems = wrong.map(({ code, pos, message }) => ({
        ...fileProblem(code === 'MULTIPLE_DOCS' ? MANY_DOCUMENTS : withoutText(message)),
        line: lineAtOffset(pos[0]),
      }))
      return { kind: 'wrong', problems }
    }
    return new YamlWalk(lineAtOffset).read(document.contents)
  } catch (error) {
    // The parser calls itself for each level.
    if (!(error instanceof RangeError)) throw error
    return { kind: 'wrong', problems: [fileProblem('it is nested too deep to be read')] }
  }
}

const MANY_DOCUMENTS = 'here another document begins, and a file may have only one'

/** Messages of the parser may end in text of the file, which may be a secret: `…: "hunter2"`. */
function withoutText(message: string): string {
  return message.split(': ', 1)[0] ?? ''
}
