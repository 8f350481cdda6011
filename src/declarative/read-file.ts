import { isPlainObject } from '../model/plain-object.ts'
import { checkEntity } from './check-entity.ts'
import { nameIn } from './entity-problem.ts'
import type { DeclarativeFile, FileEntity } from './file-entity.ts'
import { type FilePath, type FileProblem, fileProblem, type ProblemEntity } from './file-problem.ts'
import { flatten, type RawEntity } from './flatten.ts'
import { lineAt, type Positions } from './positions.ts'
import { type Report, readHeader } from './read-header.ts'
import { readJson } from './read-json.ts'
import { readYaml } from './read-yaml.ts'

export interface ReadOptions {
  /** Added to those of the file. */
  readonly selectTags?: readonly string[]
  /** Every entity gets its line, also in JSON, where it takes time to find. */
  readonly isLocated?: boolean
}

/**
 * A declarative file of decK's form, YAML or JSON: every entity by itself, and everything that is wrong with it without
 * a look at any gateway. Takes seconds for a file of megabytes, and more when it is YAML. As in Kong,
 * a JSON document may hold the file as the text `config`.
 */
export function readFile(text: string, options: ReadOptions = {}): DeclarativeFile {
  const { selectTags = [], isLocated = false } = options
  const json = readJson(text)
  if (json !== undefined) {
    const { value, isSound } = json
    if (isPlainObject(value) && typeof value.config === 'string') {
      return readFile(value.config, options)
    }
    if (isSound) {
      const file = readRoot(value, { positions: null, selectTags })
      // Lines are what takes the time, and only needed now.
      if (file.problems.length === 0 && !isLocated) return file
    }
  }
  // JSON may have tabs wherever there is space, YAML may not; in a text of JSON there are none.
  const read = readYaml(json === undefined ? text : text.replaceAll('\t', ' '))
  if (read.kind === 'wrong') return { selectTags, entities: [], problems: read.problems }
  return readRoot(read.value, { positions: read.positions, selectTags })
}

/** More than anybody reads; each of them is handed on to the thread that forwards requests. */
const MAX_PROBLEMS = 1000

/** The same for bytes, which must be UTF-8. */
export function readFileBytes(bytes: Uint8Array, options: ReadOptions = {}): DeclarativeFile {
  const text = decodeUtf8(bytes)
  if (text !== null) return readFile(text, options)
  const { selectTags = [] } = options
  return { selectTags, entities: [], problems: [fileProblem('it is not valid UTF-8')] }
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

interface RootContext {
  readonly positions: Positions | null
  readonly selectTags: readonly string[]
}

function readRoot(root: unknown, { positions, selectTags }: RootContext): DeclarativeFile {
  if (!isPlainObject(root)) {
    const message = 'expected a map with _format_version and lists of entities'
    return { selectTags, entities: [], problems: [fileProblem(message)] }
  }
  const problems: FileProblem[] = []
  const report: Report = (path, message) => {
    if (problems.length >= MAX_PROBLEMS) return
    const line = positions === null ? null : lineAt(positions, root, path)
    problems.push({ line, path, message, entity: null })
  }
  const given = readHeader(root, report)
  const header = { ...given, selectTags: [...new Set([...given.selectTags, ...selectTags])] }
  const entities: FileEntity[] = []
  for (const raw of flatten(root, report)) {
    if (problems.length >= MAX_PROBLEMS) {
      problems.push(fileProblem('there may be more problems, which are not looked for'))
      break
    }
    const lineIn = (path: FilePath) =>
      positions === null ? null : lineAt(positions, root, [...raw.path, ...path])
    const checked = checkEntity(raw, header)
    if (checked.kind === 'valid') entities.push({ ...checked.entity, line: lineIn([]) })
    else {
      for (const { path, message } of checked.details) {
        const field = path[0] === '@entity' ? [] : path
        const inFile = field.length === 0 ? raw.path : [...raw.path, ...path]
        const entity = problemEntity(raw, path)
        problems.push({ line: lineIn(field), path: inFile, message: message ?? '', entity })
      }
    }
  }
  return { selectTags: header.selectTags, entities, problems }
}

function problemEntity({ kind, fields }: RawEntity, field: FilePath): ProblemEntity {
  const { id, tags } = fields
  return {
    kind,
    id: typeof id === 'string' ? id : null,
    name: nameIn(kind, fields),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : null,
    field,
  }
}
