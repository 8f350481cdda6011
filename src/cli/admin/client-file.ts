import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { lineAt } from '../../declarative/positions.ts'
import { readYaml } from '../../declarative/read-yaml.ts'
import { nearestName } from '../../model/nearest-name.ts'
import type { Environment } from '../settings-environment.ts'

const NAMES = ['admin_url', 'admin_token'] as const

/** What the file of the person who types commands says; null for what it does not. */
export interface ClientFile {
  readonly admin_url: string | null
  readonly admin_token: string | null
}

export interface ReadClientFile {
  readonly content: ClientFile
  /** Null when nothing is to be warned of. */
  readonly warning: string | null
}

const NOTHING: ClientFile = { admin_url: null, admin_token: null }
const OTHERS_MAY_READ = 0o044

/** `~/.config/canary/config.yaml`, below XDG_CONFIG_HOME where that is set; null where there is no home. */
export function clientFilePath({
  XDG_CONFIG_HOME: configHome,
  HOME: home,
}: Environment): string | null {
  // The XDG specification: relative paths are invalid and to be ignored.
  if (configHome?.startsWith('/')) return join(configHome, 'canary', 'config.yaml')
  return home === undefined || home === '' ? null : join(home, '.config', 'canary', 'config.yaml')
}

/** Reads that file; none is as good as an empty one. Fails with an Error in words, with the line. */
export function readClientFile(env: Environment): ReadClientFile {
  const path = clientFilePath(env)
  const text = path === null ? null : textOf(path)
  if (path === null || text === null) return { content: NOTHING, warning: null }
  const content = parseClientFile(path, text)
  const isOpen = content.admin_token !== null && (statSync(path).mode & OTHERS_MAY_READ) !== 0
  const warning = isOpen
    ? `${path} holds a token and others may read it; close it with: chmod 600 ${path}`
    : null
  return { content, warning }
}

/** The content of the file. Fails with an Error that names what is wrong and its line, never a value. */
export function parseClientFile(path: string, text: string): ClientFile {
  const read = readYaml(text)
  if (read.kind === 'wrong') {
    const [problem] = read.problems
    throw new Error(`${path} line ${problem?.line ?? 1}: ${problem?.message ?? 'cannot be read'}`)
  }
  const { value, positions } = read
  if (value === null) return NOTHING
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`${path}: must be a map, for example \`admin_url: http://127.0.0.1:8001\``)
  }
  for (const [name, given] of Object.entries(value)) {
    const where = `${path} line ${lineAt(positions, value, [name]) ?? 1}`
    if (!NAMES.some((known) => known === name)) {
      throw new Error(`${where}: unknown setting; did you mean ${nearestName(name, NAMES)}?`)
    }
    if (typeof given !== 'string') throw new Error(`${where}: ${name} must be text`)
  }
  return { ...NOTHING, ...value }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`${path} cannot be read: ${reason}`, { cause: error })
  }
}
