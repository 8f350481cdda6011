import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { AREAS } from './areas.ts'
import { renderPage } from './render-page.ts'
import { DOC, SPEC } from './sources.ts'

const PAGE = new URL('../../docs/kong-conformance.md', import.meta.url)

describe('the conformance suite', () => {
  it('has at least 400 checks', () => {
    expect(AREAS.flatMap(({ rows }) => rows).length).toBeGreaterThanOrEqual(400)
  })

  it('names each area once, and each check once in its area', () => {
    const names = [
      ...AREAS.map(({ name }) => name),
      ...AREAS.flatMap(({ name, rows }) => rows.map(({ id }) => `${name}/${id}`)),
    ]
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('says each thing once in its area', () => {
    const titles = AREAS.flatMap(({ name, rows }) => rows.map(({ title }) => `${name}: ${title}`))
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
  })

  it('names a known source for each check', () => {
    const known = new Set<string>([...Object.values(SPEC), ...Object.values(DOC)])
    const unknown = AREAS.flatMap(({ rows }) => rows).filter(({ source }) => !known.has(source))
    expect(unknown.map(({ id }) => id)).toEqual([])
  })

  it('is what docs/kong-conformance.md lists; run `npm run conformance` to write it anew', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(renderPage(AREAS))
  })
})
