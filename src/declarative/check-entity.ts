import { ENTITY_DEFINITIONS } from '../model/entities.ts'
import { type ErrorDetail, GatewayError } from '../model/errors.ts'
import { mergeEntity } from '../model/merge.ts'
import { isPlainObject } from '../model/plain-object.ts'
import { schemaViolation } from '../model/schema-violation.ts'
import { isUuid } from '../model/uuid.ts'
import { parseEntity } from '../model/validate.ts'
import { expressionProblemsOf } from '../variants/expression-problems.ts'
import type { FileEntity, Reference } from './file-entity.ts'
import type { RawEntity } from './flatten.ts'
import type { FileHeader } from './read-header.ts'

/** Stands for every id that is not known before the gateway is. */
const ANY_ID = '00000000-0000-4000-8000-000000000000'
const ANY_TIME = 1

export type CheckedEntity =
  | { readonly kind: 'valid'; readonly entity: Omit<FileEntity, 'line'> }
  | { readonly kind: 'wrong'; readonly details: readonly ErrorDetail[] }

/**
 * An entity of a file by the same schema as in the Admin API, with what the header says of its kind. Details say where
 * in the entity something is wrong. Never throws.
 */
export function checkEntity(raw: RawEntity, header: FileHeader): CheckedEntity {
  try {
    return { kind: 'valid', entity: parse(raw, header) }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { kind: 'wrong', details: error.details }
  }
}

function parse(raw: RawEntity, header: FileHeader): Omit<FileEntity, 'line'> {
  const { kind, path, references } = raw
  const { foreignKeys, hasUpdatedAt } = ENTITY_DEFINITIONS[kind]
  const absent = Object.entries(foreignKeys)
    .filter(([field, rule]) => rule.isList !== true && !Object.hasOwn(references, field))
    .map(([field]): [string, null] => [field, null])
  const allReferences = { ...Object.fromEntries(absent), ...references }
  const { updated_at: _, ...given } = withDefaults(raw, header)
  const { complete, generated } = withGenerated(raw, given)
  const input = {
    ...complete,
    ...Object.fromEntries(Object.entries(references).map(([field, to]) => [field, standIn(to)])),
    id: given.id ?? ANY_ID,
    created_at: given.created_at ?? ANY_TIME,
    ...(hasUpdatedAt ? { updated_at: ANY_TIME } : {}),
  }
  const valid = parseEntity(kind, input)
  const problems = expressionProblemsOf(kind, valid)
  if (problems.length > 0) throw schemaViolation(problems)
  const parsed: Readonly<Record<string, unknown>> = { ...valid }
  const fields = Object.fromEntries(
    Object.entries(parsed).filter(
      ([field]) =>
        !isOurs(field) && !generated.includes(field) && !Object.hasOwn(allReferences, field),
    ),
  )
  return {
    kind,
    path,
    fields,
    id: isUuid(given.id) ? given.id.toLowerCase() : null,
    createdAt: typeof given.created_at === 'number' ? given.created_at : null,
    references: allReferences,
    generated,
  }
}

function isOurs(field: string): boolean {
  return field === 'id' || field === 'created_at' || field === 'updated_at'
}

function standIn(reference: Reference | null): { readonly id: string } | null {
  return reference === null ? null : { id: ANY_ID }
}

/** With `_info.defaults`, `_plugin_configs` and the select tags. */
function withDefaults(raw: RawEntity, header: FileHeader): Readonly<Record<string, unknown>> {
  const { kind } = raw
  const { defaults, pluginConfigs, selectTags } = header
  const { _config: configName, ...own } = raw.fields
  const fields = kind === 'plugins' ? own : raw.fields
  const base: Record<string, unknown> = { ...defaults.get(kind) }
  if (kind === 'plugins' && configName !== undefined) {
    const config = typeof configName === 'string' ? pluginConfigs.get(configName) : undefined
    if (config === undefined) throw unknownConfig(configName, [...pluginConfigs.keys()])
    base.name = fields.name
    base.config = config
  }
  const merged = Object.keys(base).length === 0 ? fields : mergeEntity(kind, base as never, fields)
  return selectTags.length === 0 ? merged : { ...merged, tags: withTags(merged.tags, selectTags) }
}

function unknownConfig(given: unknown, known: readonly string[]): GatewayError {
  const names = known.length === 0 ? 'there are none' : `one of: ${known.join(', ')}`
  const message = `${JSON.stringify(given)} names no entry of _plugin_configs; ${names}`
  return new GatewayError('schema_violation', message, {
    details: [{ path: ['_config'], message }],
  })
}

/** What is no list of tags is left for the schema to refuse. */
function withTags(given: unknown, selectTags: readonly string[]): unknown {
  if (given === undefined || given === null) return selectTags
  return Array.isArray(given) ? [...new Set([...given, ...selectTags])] : given
}

/** With stand-ins for what the gateway makes up: a key that the file leaves out. */
function withGenerated(
  { kind }: RawEntity,
  given: Readonly<Record<string, unknown>>,
): { readonly complete: Readonly<Record<string, unknown>>; readonly generated: readonly string[] } {
  const draws = { uuid: () => ANY_ID, nextInCycle: () => 0 }
  const complete = ENTITY_DEFINITIONS[kind].generate?.({ ...given }, draws) ?? given
  const generated = Object.keys(complete).filter((field) => (given[field] ?? null) === null)
  return { complete, generated: generated.filter((field) => isPlainlyNew(complete, given, field)) }
}

function isPlainlyNew(
  complete: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
  field: string,
): boolean {
  const made = complete[field] ?? null
  return made !== null && made !== given[field] && !isPlainObject(made)
}
