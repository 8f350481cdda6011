import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { LIMITS_SECTION } from '../../src/model/limit-settings.ts'
import { SETTINGS_SCHEMA } from '../../src/model/settings.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const LIMITS = readFileSync(join(ROOT, 'docs/limits.md'), 'utf8')
const PACKAGE = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

const DOCUMENTS = ['README.md', 'CHANGELOG.md', ...markdownIn('docs'), ...markdownIn('docs/adr')]

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}

/** Links to files, and code spans that begin with one of our folders. */
function pathsNamedIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, path = '']) =>
    join(dirname(document), path),
  )
  const spans = [...text.matchAll(/`((?:src|test|bench|fixtures|docs|bin|\.ci)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  )
  return [...new Set([...links, ...spans])]
}

describe('the documents', () => {
  it.each(DOCUMENTS)('%s names only paths that exist', (document) => {
    const missing = pathsNamedIn(document).filter((path) => !existsSync(join(ROOT, path)))
    expect(missing).toEqual([])
  })

  it.each(DOCUMENTS)('%s names only npm scripts that exist', (document) => {
    const text = readFileSync(join(ROOT, document), 'utf8')
    const scripts = [...text.matchAll(/npm run ([a-z:-]+)/g)].map(([, name = '']) => name)
    const missing = scripts.filter((name) => !(name in PACKAGE.scripts))
    expect(missing).toEqual([])
  })
})

describe('README.md', () => {
  it('or docs/limits.md has a row for every setting, with its flag and variable', () => {
    for (const name of Object.keys(SETTINGS_SCHEMA.shape)) {
      const flag = `--${name.replaceAll('_', '-')}`
      const variable = `CANARY_${name.toUpperCase()}`
      const page = name.startsWith(`${LIMITS_SECTION}_`) ? LIMITS : README
      expect(page).toContain(`| \`${flag}\` | \`${variable}\` |`)
    }
  })

  it('has a line in its map for every folder of src', () => {
    const folders = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
    for (const folder of folders) expect(README).toMatch(new RegExp(`^  ${folder}/ `, 'm'))
  })

  it('names every npm script', () => {
    for (const script of Object.keys(PACKAGE.scripts)) {
      const command = ['start', 'test'].includes(script) ? `npm ${script}` : `npm run ${script}`
      expect(README).toContain(command)
    }
  })
})
