import { readFileSync } from 'node:fs'
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

describe('docs/errors.md', () => {
  it('lists every error code with its status, title and hint, and no other', () => {
    expect(documentedErrors()).toEqual(ERROR_TABLE)
  })
})
