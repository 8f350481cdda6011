import { problemText } from '../../declarative/file-problem.ts'
import { lineAt, type Positions } from '../../declarative/positions.ts'
import { readYaml } from '../../declarative/read-yaml.ts'
import { readBytes } from '../config/read-bytes.ts'
import { Refusal } from './refusal.ts'

/** A release as it stands in a file. */
export interface ReleaseFile {
  /** For messages. */
  readonly name: string
  readonly value: object
  readonly positions: Positions
}

/** Reads YAML or JSON from a file, or from standard input for `-`. Fails with an Error that has a line per problem. */
export function readReleaseFile(file: string): ReleaseFile {
  const name = file === '-' ? 'standard input' : file
  const read = readYaml(new TextDecoder().decode(readBytes(file)))
  if (read.kind === 'wrong') throw wrongFile(name, read.problems.map(problemText))
  const { value, positions } = read
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongFile(name, ['must be a map with name, service, canary and steps'])
  }
  return { name, value, positions }
}

/** What the gateway refuses of a file, with the lines of the file; other errors as they are. */
export function refusedFile({ name, value, positions }: ReleaseFile, error: unknown): unknown {
  if (!(error instanceof Refusal) || error.fields.length === 0) return error
  const problems = error.fields.map(({ path, message }) =>
    problemText({ line: lineAt(positions, value, path), path, message, entity: null }),
  )
  return wrongFile(name, problems)
}

function wrongFile(name: string, problems: readonly string[]): Error {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const lines = problems.map((problem) => `  ${problem}`).join('\n')
  return new Error(`${count} in ${name}, nothing was changed:\n${lines}`)
}
