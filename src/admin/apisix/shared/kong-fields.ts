import { isDeepStrictEqual } from 'node:util'
import type { Entity } from '../../../model/entity.ts'
import { isPlainObject } from '../../../model/plain-object.ts'
import { apisixProblem, invalidConfiguration } from '../answer/apisix-problem.ts'

type Fields = Readonly<Record<string, unknown>>

/** Fields of an entity that APISIX has no words for, with their values: those that `said` does not bring about. */
export function fieldsBeyond(entity: Entity, names: readonly string[], said: Fields): Fields {
  const fields = entity as unknown as Fields
  return Object.fromEntries(
    names
      .filter((name) => !isDeepStrictEqual(fields[name], said[name]))
      .map((name) => [name, fields[name]]),
  )
}

/** `{ kong: … }` for fields, nothing without any. */
export function underKong(fields: Fields): Fields {
  return Object.keys(fields).length === 0 ? {} : { kong: fields }
}

/** What a body says in Kong's words under `kong`. Fails with schema_violation for fields that do not belong there. */
export function kongFieldsOf(given: unknown, allowed: readonly string[]): Fields {
  if (given === undefined || given === null) return {}
  if (!isPlainObject(given)) throw invalidConfiguration(['kong'], 'wrong type: expected object')
  const unknown = Object.keys(given).find((name) => !allowed.includes(name))
  if (unknown === undefined) return given
  throw invalidConfiguration(
    ['kong'],
    `additional properties forbidden, found ${unknown} (here are ${allowed.join(', ')})`,
  )
}

/**
 * What a body says under `kong` of the entity itself. What is said there of other entities (`ofOthers`), which are
 * written by themselves, must be as it is shown. Fails with schema_violation, and with invalid_options where it is not.
 */
export function ownKongFieldsOf(
  given: unknown,
  allowed: readonly string[],
  { ofOthers, shown }: { readonly ofOthers: readonly string[]; readonly shown: unknown },
): Fields {
  const fields = kongFieldsOf(given, [...allowed, ...ofOthers])
  const present = isPlainObject(shown) ? shown : {}
  const isChanged = (name: string) =>
    Object.hasOwn(fields, name) && !isDeepStrictEqual(fields[name], present[name])
  const changed = ofOthers.find(isChanged)
  if (changed !== undefined) {
    throw apisixProblem(
      `kong.${changed} tells of other entities and cannot be changed here: leave it as it is shown, or write them in Kong's dialect`,
    )
  }
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !ofOthers.includes(name)))
}

/** The named fields of an entity; none of an entity that is not there. */
export function keptFields(entity: Entity | null | undefined, names: readonly string[]): Fields {
  if (entity === null || entity === undefined) return {}
  return Object.fromEntries(names.map((name) => [name, Reflect.get(entity, name)]))
}

/** Without what is null or undefined. */
export function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? null) !== null))
}
