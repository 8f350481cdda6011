import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { ERROR_TABLE } from '../../src/model/errors.ts'

const ROW = /^\| `(?<code>[a-z_]+)` \| (?<status>\d{3}) \| (?<title>.+?) \| (?<hint>.+?) \|$/gm

function documentedErrors(): Record<string, unknown> {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  return Object.fromEntries(
    [...text.matchAll(ROW)].map(({ groups }) => [
      groups?.code,
      { status: Number(groups?.status), title: groups?.title, hint: groups?.hint },
    ]),
  )
}

const SRC = fileURLToPath(new URL('../../src/', import.meta.url))
/** The table itself, and the numbers that Kong gives the codes. */
const TABLES = ['model/errors.ts', 'admin/kong/errors.ts']

/** Codes with which some file of src makes an error: `new GatewayError('code', …)`. */
function thrownCodes(): ReadonlySet<string> {
  const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !TABLES.includes(path))
    .map((path) => readFileSync(`${SRC}${path}`, 'utf8'))
  const made = sources.flatMap((text) => [
    ...text.matchAll(/new GatewayError\(\s*'(?<code>[a-z_]+)'/g),
  ])
  return new Set(made.map(({ groups }) => String(groups?.code)))
}

describe('docs/errors.md', () => {
  it('has no code that is thrown nowhere', () => {
    const thrown = thrownCodes()
    expect(Object.keys(ERROR_TABLE).filter((code) => !thrown.has(code))).toEqual([])
  })

  it('lists every error code with its status, title and hint, and no other', () => {
    expect(documentedErrors()).toEqual(ERROR_TABLE)
  })
})
