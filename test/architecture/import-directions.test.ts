import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))
const PURE_OF_REQUESTS = ['model', 'routing', 'identity', 'variants', 'balancing']
const PURE = [...PURE_OF_REQUESTS, 'declarative', 'releases']

interface Allowance {
  /** Other folders of src. */
  readonly folders: readonly string[]
  readonly packages: readonly string[]
  /** Modules of Node.js; null for any. */
  readonly builtins: readonly string[] | null
}

/**
 * What each folder of src may import beside itself. A new folder needs a line here; a new arrow
 * needs a reason in the same commit.
 */
const ALLOWED: Readonly<Record<string, Allowance>> = {
  model: {
    folders: [],
    packages: ['zod', 'immutable', 'ipaddr.js', 're2js'],
    builtins: ['node:net', 'node:crypto'], // isIP; parsing of PEM, digests and hashes
  },
  routing: { folders: ['model'], packages: ['immutable'], builtins: [] },
  identity: { folders: ['model'], packages: ['immutable'], builtins: [] },
  variants: { folders: ['model'], packages: ['murmurhash'], builtins: [] },
  balancing: { folders: ['model'], packages: ['js-xxhash'], builtins: ['node:zlib'] }, // crc32
  declarative: {
    folders: ['model', 'variants'],
    packages: ['yaml'],
    builtins: ['node:util'], // deep comparison
  },
  releases: {
    folders: ['model', 'variants'],
    packages: ['zod', 'node-cron', 'croner'],
    builtins: [],
  },
  'releases/controller': {
    folders: [
      'model',
      'variants',
      'balancing',
      'metrics',
      'releases',
      'releases/delivery',
      'configuration',
      'store',
    ],
    packages: ['node-cron'],
    builtins: ['node:crypto', 'node:timers/promises'], // checksums
  },
  'releases/delivery': {
    folders: ['model', 'releases'],
    packages: ['undici', 'jose', 'zod'],
    builtins: ['node:crypto', 'node:dns', 'node:net', 'node:timers/promises'],
  },
  metrics: { folders: ['model'], packages: ['pino', 'prom-client'], builtins: ['node:fs'] },
  proxy: {
    folders: [...PURE_OF_REQUESTS, 'metrics', 'ports'],
    packages: ['http-proxy-middleware', 'httpxy', 'immutable', 'ipaddr.js'],
    builtins: null,
  },
  store: {
    folders: ['model', 'releases'],
    packages: ['kysely', 'kysely/migration', 'better-sqlite3', 'zod'],
    builtins: null,
  },
  configuration: { folders: ['model', 'variants', 'store'], packages: [], builtins: ['node:util'] },
  admin: {
    folders: [
      ...PURE,
      'releases/controller',
      'releases/delivery',
      'metrics',
      'configuration',
      'store',
      'ports',
    ],
    packages: ['express', '@fastify/busboy', 'rfc6902', 'zod'],
    builtins: null,
  },
  tls: {
    folders: ['model'],
    packages: ['selfsigned'],
    builtins: ['node:crypto', 'node:fs/promises', 'node:os'],
  },
  ports: {
    folders: ['model'],
    packages: ['koffi'],
    builtins: [
      'node:dns/promises',
      'node:http',
      'node:net',
      'node:stream/consumers',
      'node:timers/promises',
    ],
  },
  cli: {
    // The words of releases: durations and phases are read by one rule.
    folders: ['model', 'declarative', 'releases'],
    packages: ['commander', 'eventsource-parser/stream', 'string-width', 'yaml', 'zod'],
    builtins: ['node:fs', 'node:path', 'node:timers/promises'],
  },
}

/** What a pure folder gets as a parameter and never takes for itself. */
const IMPURE =
  /\b(Date\.now|new Date\(\)|Math\.random|random(?:Bytes|Int|UUID)\(|performance\.|process\.|setTimeout|setInterval|setImmediate|console\.|fetch\()/

interface SourceFile {
  /** Relative to src. */
  readonly path: string
  /** First folder, or a folder in it with rules of its own; '' for the files that put the parts together. */
  readonly folder: string
  readonly text: string
}

const FILES: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({
    path,
    folder: folderOf(path),
    text: withoutComments(readFileSync(join(SRC, path), 'utf8')),
  }))

function folderOf(path: string): string {
  const [first = '', second = '', ...rest] = path.split(sep)
  if (rest.length > 0 && `${first}/${second}` in ALLOWED) return `${first}/${second}`
  return path.includes(sep) ? first : ''
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')
}

/** Forbidden imports of a file, as sentences. */
function violationsOf(file: SourceFile): string[] {
  return specifiersOf(file.text).flatMap((specifier) => {
    const isAllowed = specifier.startsWith('.')
      ? isAllowedFile(file, specifier)
      : isAllowedModule(ALLOWED[file.folder], specifier)
    return isAllowed ? [] : [`${file.path} imports ${specifier}`]
  })
}

function specifiersOf(text: string): string[] {
  const imports = text.matchAll(/\b(?:from|import)\b\s*\(?\s*'([\w@./:-]+)'/g)
  return [...imports].map(([, specifier = '']) => specifier)
}

function isAllowedFile({ path, folder }: SourceFile, specifier: string): boolean {
  const target = relative(SRC, join(SRC, dirname(path), specifier))
  if (target.startsWith('..')) return false
  const allowed = ALLOWED[folder]
  if (allowed === undefined) return true
  const targetFolder = folderOf(target)
  return targetFolder !== '' && [folder, ...allowed.folders].includes(targetFolder)
}

function isAllowedModule(allowed: Allowance | undefined, specifier: string): boolean {
  if (allowed === undefined) return true
  if (!specifier.startsWith('node:')) return allowed.packages.includes(specifier)
  return allowed.builtins === null || allowed.builtins.includes(specifier)
}

describe('the arrows between the folders of src', () => {
  it('are known for every folder', () => {
    const folders = new Set(FILES.map(({ folder }) => folder).filter((folder) => folder !== ''))
    expect([...folders].filter((folder) => !(folder in ALLOWED))).toEqual([])
  })

  it('go one way', () => {
    expect(FILES.flatMap(violationsOf)).toEqual([])
  })

  it('would be reported if they went the other way', () => {
    const file = (folder: string, specifier: string): SourceFile => ({
      path: join(folder, 'x.ts'),
      folder,
      text: `import type { Y } from '${specifier}'`,
    })
    expect(violationsOf(file('proxy', '../store/store.ts'))).toHaveLength(1)
    expect(violationsOf(file('proxy', '../admin/audit.ts'))).toHaveLength(1)
    expect(violationsOf(file('model', '../main.ts'))).toHaveLength(1)
    expect(violationsOf(file('model', 'express'))).toHaveLength(1)
    expect(violationsOf(file('variants', 'node:fs'))).toHaveLength(1)
    expect(violationsOf(file('', '../fixtures/support/start-gateway.ts'))).toHaveLength(1)
    expect(violationsOf(file('proxy', '../model/request.ts'))).toEqual([])
  })

  it('leave clock, randomness and process to the outside of the pure folders', () => {
    const impure = FILES.filter(({ folder, text }) => PURE.includes(folder) && IMPURE.test(text))
    expect(impure.map(({ path }) => path)).toEqual([])
  })
})
