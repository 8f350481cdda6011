import { ENTITY_KINDS } from '../model/entities.ts'
import type { EntityKind } from '../model/entity.ts'
import { nearestName } from '../model/nearest-name.ts'
import { isPlainObject } from '../model/plain-object.ts'
import type { FilePath } from './file-problem.ts'
import { singularOf } from './sections.ts'

/** What a file says about itself and about all of its entities. */
export interface FileHeader {
  readonly selectTags: readonly string[]
  /** Fields of all entities of a kind that do not say otherwise (`_info.defaults`). */
  readonly defaults: ReadonlyMap<EntityKind, Readonly<Record<string, unknown>>>
  /** Configurations of plugins by name (`_plugin_configs`). */
  readonly pluginConfigs: ReadonlyMap<string, Readonly<Record<string, unknown>>>
}

/** Notes that something at a path of the file is wrong. */
export type Report = (path: FilePath, message: string) => void

const FORMAT_VERSION = '3.0'
const FORMAT_VERSIONS: readonly unknown[] = ['1.1', '2.1', FORMAT_VERSION, 1.1, 2.1, 3]
const HEADER_KEYS = [
  '_comment',
  '_format_version',
  '_ignore',
  '_info',
  '_plugin_configs',
  '_transform',
  '_workspace',
]

/**
 * Reads the keys that begin with an underscore, and refuses keys that are neither such nor a kind of entity.
 * Source: go-database-reconciler, pkg/file/types.go; Kong Gateway 3.9, declarative configuration.
 */
export function readHeader(root: Readonly<Record<string, unknown>>, report: Report): FileHeader {
  const known = [...ENTITY_KINDS, ...HEADER_KEYS]
  for (const key of Object.keys(root)) {
    if (known.includes(key)) continue
    report([key], `unknown key; did you mean '${nearestName(key.slice(0, 64), known)}'?`)
  }
  const version = root._format_version
  if (version === undefined || version === null) {
    report(
      ['_format_version'],
      `required field missing: write _format_version: "${FORMAT_VERSION}"`,
    )
  } else if (!FORMAT_VERSIONS.includes(version)) {
    report(['_format_version'], `expected "${FORMAT_VERSION}", the version of the format`)
  }
  if (![undefined, null, true, false].includes(root._transform as boolean)) {
    report(['_transform'], 'expected a boolean')
  }
  if (![undefined, null, 'default'].includes(root._workspace as string)) {
    report(['_workspace'], "this gateway has one workspace, 'default'")
  }
  const info = recordAt(root, '_info', [], report)
  return {
    selectTags: readSelectTags(info.select_tags, report),
    defaults: readDefaults(info, report),
    pluginConfigs: new Map(
      Object.keys(recordAt(root, '_plugin_configs', [], report)).map((name) => [
        name,
        recordAt(root._plugin_configs as object, name, ['_plugin_configs'], report),
      ]),
    ),
  }
}

function readSelectTags(given: unknown, report: Report): readonly string[] {
  if (given === undefined || given === null) return []
  const isList = Array.isArray(given) && given.every((tag) => typeof tag === 'string')
  if (isList && given.every((tag) => /^[^,/]+$/.test(tag))) return [...new Set<string>(given)]
  report(['_info', 'select_tags'], 'expected a list of tags')
  return []
}

function readDefaults(
  info: Readonly<Record<string, unknown>>,
  report: Report,
): FileHeader['defaults'] {
  const given = recordAt(info, 'defaults', ['_info'], report)
  const kinds = new Map(ENTITY_KINDS.map((kind) => [singularOf(kind), kind]))
  const defaults = new Map<EntityKind, Readonly<Record<string, unknown>>>()
  for (const name of Object.keys(given)) {
    const kind = kinds.get(name)
    const path = ['_info', 'defaults']
    if (kind !== undefined) defaults.set(kind, recordAt(given, name, path, report))
    else {
      const nearest = nearestName(name.slice(0, 64), [...kinds.keys()])
      report([...path, name], `unknown kind of entity; did you mean '${nearest}'?`)
    }
  }
  return defaults
}

function recordAt(
  parent: object,
  key: string,
  path: FilePath,
  report: Report,
): Readonly<Record<string, unknown>> {
  const value: unknown = Object.hasOwn(parent, key) ? Reflect.get(parent, key) : null
  if (isPlainObject(value)) return value
  if (value !== null && value !== undefined) report([...path, key], 'expected a map')
  return {}
}
