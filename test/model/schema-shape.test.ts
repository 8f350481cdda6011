import { describe, expect, test } from 'vitest'
import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../../src/model/entities.ts'
import { PLUGIN_NAMES } from '../../src/model/plugins/registry.ts'
import { entityShape, pluginConfigShape, type SchemaShape } from '../../src/model/schema-shape.ts'

const SCHEMAS: readonly (readonly [name: string, shape: SchemaShape])[] = [
  ...ENTITY_KINDS.map((kind) => [kind, entityShape(kind)] as const),
  ...PLUGIN_NAMES.map((name) => [`config of ${name}`, pluginConfigShape(name)] as const),
]

/** Every field of a shape with its dotted path, those of nested records included. */
function allFields(shape: SchemaShape, prefix = ''): [path: string, field: SchemaShape][] {
  return [...(shape.elements ?? shape).fields].flatMap(([name, field]) => [
    [`${prefix}${name}`, field] as [string, SchemaShape],
    ...allFields(field, `${prefix}${name}.`),
  ])
}

describe.each(SCHEMAS)('schema of %s', (_, shape) => {
  const fields = allFields(shape)

  test('describes every field in a sentence', () => {
    expect(fields.length).toBeGreaterThan(2)
    const undescribed = fields.filter(
      ([, field]) => !/^[A-Z`].{10,}\.$/s.test(field.description ?? ''),
    )
    expect(undescribed.map(([path]) => path)).toEqual([])
  })

  test('says the default of every field that has one', () => {
    const silent = fields.filter(
      ([, { defaultValue, type, description }]) =>
        defaultValue !== undefined &&
        type !== 'record' &&
        !/default|no effect on traffic|always null/i.test(description ?? ''),
    )
    expect(silent.map(([path]) => path)).toEqual([])
  })

  test('says the limits of every number that has them', () => {
    const silent = fields.filter(
      ([, { between, description }]) =>
        between !== null && !description?.includes(`${between[0]} to ${between[1]}`),
    )
    expect(silent.map(([path]) => path)).toEqual([])
  })

  test('has a default for every field that may be null', () => {
    const open = fields.filter(([, field]) => !field.isRequired && field.defaultValue === undefined)
    expect(open.map(([path]) => path)).toEqual([])
  })
})

describe('a shape', () => {
  test('of a service says type, default, limits and what is required', () => {
    const { fields } = entityShape('services')
    expect(fields.get('host')).toMatchObject({ type: 'string', isRequired: true })
    expect(fields.get('host')?.defaultValue).toBeUndefined()
    expect(fields.get('port')).toMatchObject({
      type: 'integer',
      isRequired: true,
      defaultValue: 80,
      between: [0, 65535],
    })
    expect(fields.get('name')).toMatchObject({ isRequired: false, defaultValue: null })
    expect(fields.get('protocol')?.oneOf).toContain('tls_passthrough')
    expect(fields.get('enabled')?.type).toBe('boolean')
    expect(fields.get('tags')).toMatchObject({ type: 'set', elements: { type: 'string' } })
    expect(fields.get('ca_certificates')).toMatchObject({
      type: 'array',
      elements: { type: 'string', isUuid: true },
    })
    expect(fields.get('id')?.isUuid).toBe(true)
    expect(fields.get('host')?.isUuid).toBe(false)
    expect(fields.get('client_certificate')).toMatchObject({
      type: 'foreign',
      reference: 'certificates',
    })
  })

  test('of a route knows its map, its records and its status codes', () => {
    const { fields } = entityShape('routes')
    expect(fields.get('headers')).toMatchObject({
      type: 'map',
      keys: { type: 'string', length: { min: 1, max: null } },
      elements: { type: 'array', elements: { type: 'string' }, length: { min: 1, max: 1000 } },
    })
    expect(fields.get('paths')).toMatchObject({ keys: null, length: { min: null, max: 1000 } })
    expect(fields.get('sources')?.elements?.fields.get('port')?.type).toBe('integer')
    expect(fields.get('https_redirect_status_code')).toMatchObject({
      type: 'integer',
      oneOf: [426, 301, 302, 307, 308],
    })
    expect(fields.get('regex_priority')?.between).toBeNull()
  })

  test('of an upstream goes down into its records', () => {
    const healthy = entityShape('upstreams')
      .fields.get('healthchecks')
      ?.fields.get('active')
      ?.fields.get('healthy')
    expect(healthy).toMatchObject({ type: 'record', isRequired: false })
    expect(healthy?.fields.get('interval')).toMatchObject({ type: 'number', defaultValue: 0 })
  })

  test('of a plugin leaves the fields of config to the plugin', () => {
    const { fields } = entityShape('plugins')
    expect(fields.get('name')?.oneOf).toEqual(PLUGIN_NAMES)
    expect(fields.get('config')).toMatchObject({ type: 'record', isRequired: true })
    expect(fields.get('config')?.fields.size).toBe(0)
    expect(fields.get('ordering')).toMatchObject({ type: 'record', isRequired: false })
    expect(pluginConfigShape('canary').fields.get('percentage')).toMatchObject({
      type: 'number',
      between: [0, 100],
    })
  })
})

describe.each(ENTITY_KINDS)('definition of %s', (kind) => {
  const definition = ENTITY_DEFINITIONS[kind]
  const { fields } = entityShape(kind)

  test('speaks of fields that exist', () => {
    const named = [
      ...definition.unique.flat(),
      ...Object.keys(definition.foreignKeys),
      ...(definition.endpointKey === null ? [] : [definition.endpointKey]),
    ]
    expect(named.filter((field) => !fields.has(field))).toEqual([])
    expect(fields.has('updated_at')).toBe(definition.hasUpdatedAt)
  })

  test('agrees with its schema on the foreign keys', () => {
    const inSchema = [...fields]
      .filter(([, field]) => (ENTITY_KINDS as readonly unknown[]).includes(field.reference))
      .map(([name, field]) => [name, field.reference, field.isRequired])
    const declared = Object.entries(definition.foreignKeys).map(([name, rule]) => [
      name,
      rule.kind,
      rule.isRequired,
    ])
    expect(declared.sort()).toEqual(inSchema.sort())
  })
})
