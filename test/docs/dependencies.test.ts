import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

/** Packages in the first column of the tables, in their order. */
function documentedPackages(): string[] {
  return [...read('docs/dependencies.md').matchAll(/^\| (?!package|-)([^|]+) \|/gm)].flatMap(
    ([, cell = '']) => cell.trim().split(', '),
  )
}

describe('docs/dependencies.md', () => {
  it('has a line for every dependency and for nothing else', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'))
    expect(documentedPackages().sort()).toEqual(
      [...Object.keys(dependencies), ...Object.keys(devDependencies)].sort(),
    )
  })

  it('stands on exact versions', () => {
    const { dependencies, devDependencies } = JSON.parse(read('package.json'))
    for (const version of Object.values({ ...dependencies, ...devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    }
  })
})
