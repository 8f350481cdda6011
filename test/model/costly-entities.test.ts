import { RE2JS } from 're2js'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ENTITY_DEFINITIONS } from '../../src/model/entities.ts'
import type { EntityKind } from '../../src/model/entity.ts'
import { PLUGIN_NAMES } from '../../src/model/plugins/registry.ts'
import { entityShape, pluginConfigShape, type SchemaShape } from '../../src/model/schema-shape.ts'
import { emptyRouter, routerWith } from '../../src/routing/router.ts'
import { parse, problems } from './entity-input.ts'

const COSTLY = 'at most 2000 are allowed; repeat less, or fewer character classes'

/** As many regular expressions, all different, behind this prefix. */
function regexes(count: number, prefix: string, pattern = 'x+'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}/${pattern}`)
}

const asHeaders = (values: readonly string[]) =>
  Object.fromEntries(values.map((value, index) => [`x-${index}`, [value]]))

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `h${index}.test`)
const paths = (count: number) => Array.from({ length: count }, (_, index) => `/p${index}`)

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a route that would take long to compile is refused before anything of it is compiled', () => {
  it.each([
    [
      'a pattern of many large classes',
      { paths: ['/', '~/(\\pL{1000})'] },
      {
        'paths.1': `invalid regex: '/(\\pL{1000})' (the pattern comes to some 12028 instructions, ${COSTLY})`,
      },
    ],
    [
      'the same in a header, where case is ignored',
      { headers: { 'x-a': ['~*\\pL{200}'] } },
      {
        'headers.x-a': `invalid regex: '\\pL{200}' (the pattern comes to some 2580 instructions, ${COSTLY})`,
      },
    ],
    [
      'many large repetitions',
      { paths: [`~/${'a{999}'.repeat(100)}`] },
      {
        'paths.0': `invalid regex: '/${'a{999}'.repeat(100)}' (the pattern comes to some 199801 instructions, ${COSTLY})`,
      },
    ],
    [
      'a large range without case',
      { paths: ['~/(?i)[\\x{80}-\\x{1E000}]'] },
      {
        'paths.0': `invalid regex: '/(?i)[\\x{80}-\\x{1E000}]' (the pattern comes to some 4386 instructions, ${COSTLY})`,
      },
    ],
    [
      'many patterns',
      { paths: regexes(101, '~/') },
      { paths: '101 regular expressions, at most 100 are allowed' },
    ],
    [
      'many patterns for headers',
      { headers: asHeaders(regexes(101, '~*')) },
      { headers: '101 regular expressions, at most 100 are allowed' },
    ],
    [
      'patterns that are large together',
      { paths: regexes(10, '~/', '[a-z]{600}') },
      {
        paths:
          'the regular expressions come to some 12030 instructions together, at most 10000 are allowed',
      },
    ],
    [
      'a list without end',
      { paths: regexes(1001, '~/') },
      { paths: 'length must be at most 1000' },
    ],
    [
      'a map without end',
      { headers: asHeaders(regexes(1001, '~*')) },
      { headers: 'length must be at most 1000' },
    ],
    [
      'a list without end in a map',
      { headers: { 'x-a': regexes(1001, '~*') } },
      { 'headers.x-a': 'length must be at most 1000' },
    ],
    [
      'long paths without end',
      { name: 'a'.repeat(9000), paths: paths(1000).map((path) => path.padEnd(1100, 'x')) },
      {
        '@entity': 'its texts have 1111957 characters together, at most 1048576 are allowed',
      },
    ],
    [
      'many hosts with as many paths',
      { hosts: hosts(101), paths: paths(100) },
      {
        '@entity': "'hosts' times 'paths' must be at most 10000, these are 10100; divide the route",
      },
    ],
  ])('%s', (_, fields, expected) => {
    const compile = vi.spyOn(RE2JS, 'compile')
    expect(problems('routes', fields)).toEqual(expected)
    expect(compile).not.toHaveBeenCalled()
  })

  it('but not what anybody needs', () => {
    const fields = {
      hosts: hosts(100),
      paths: [
        ...regexes(97, '~/', '[^/]+/\\d{1,9}$'),
        '~/(?<slug>[\\p{L}\\p{N}_-]{1,64})/(?<page>\\d+)?$',
        '~/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
        '~/(?i)(cart|order|wish-list)s?/[a-z0-9._~-]{1,255}',
      ],
    }
    expect(problems('routes', fields)).toEqual({})
  })
})

it('a pattern is compiled for validation, and found again by routing and by the next route', () => {
  const fields = {
    paths: ['~/once/\\d{1,7}$', '~/only\\b/[a-f]{2,9}x'],
    headers: { 'x-a': ['~*once{2,6}'] },
  }
  const compile = vi.spyOn(RE2JS, 'compile')
  const route = parse('routes', fields)
  const perPattern = 2
  expect(compile).toHaveBeenCalledTimes(3 * perPattern)
  routerWith(emptyRouter(), route)
  parse('routes', fields)
  expect(compile).toHaveBeenCalledTimes(3 * perPattern)
})

describe('every list of every entity', () => {
  const shapes = [
    ...(Object.keys(ENTITY_DEFINITIONS) as EntityKind[]).map(
      (kind) => [kind, entityShape(kind)] as const,
    ),
    ...PLUGIN_NAMES.map((name) => [`config of ${name}`, pluginConfigShape(name)] as const),
  ]

  it.each(shapes)('of %s has at most 1000 elements', (_, shape) => {
    expect(openLists(shape, [])).toEqual([])
  })
})

/** Lists that may be of any length. */
function openLists(shape: SchemaShape, path: readonly string[]): readonly string[] {
  const isOpen = (shape.type === 'array' || shape.type === 'set') && shape.length.max !== 1000
  return [
    ...(isOpen ? [path.join('.')] : []),
    ...[...shape.fields].flatMap(([name, field]) => openLists(field, [...path, name])),
    ...(shape.elements === null ? [] : openLists(shape.elements, [...path, '*'])),
  ]
}
