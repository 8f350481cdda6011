import { ENTITY_DEFINITIONS } from '../../model/entities.ts'
import type { EntityKind, StoredEntity } from '../../model/entity.ts'
import { isPluginName, type PluginName } from '../../model/plugins/registry.ts'
import {
  entityShape,
  pluginConfigShape,
  type SchemaShape,
  TEXT_LIST_SHAPE,
} from '../../model/schema-shape.ts'
import type { Body } from './body.ts'
import { coerceForm } from './coerce-form.ts'
import type { FormTree } from './form-tree.ts'
import { refuseHostileInput } from './refuse-hostile-input.ts'

/**
 * The fields that a body holds for an entity of this kind. JSON is taken as it is (no coercion, as in Kong); form
 * values get the types of their fields. `existing` is the entity about to be changed: it tells which plugin a form
 * without `name` is about.
 */
export function readFields(
  body: Body,
  kind: EntityKind,
  existing: StoredEntity | null,
): Record<string, unknown> {
  if (body.type === 'json') return { ...body.fields }
  const fields = coerceForm(body.tree, formShape(kind, pluginName(body.tree, existing)))
  refuseHostileInput(fields as object)
  return fields as Record<string, unknown>
}

function formShape(kind: EntityKind, name: PluginName | null): SchemaShape {
  const shape = entityShape(kind)
  const { childNames } = ENTITY_DEFINITIONS[kind]
  if (childNames !== undefined) {
    return { ...shape, fields: new Map(shape.fields).set(childNames.field, TEXT_LIST_SHAPE) }
  }
  if (kind !== 'plugins' || name === null) return shape
  return { ...shape, fields: new Map(shape.fields).set('config', pluginConfigShape(name)) }
}

function pluginName(tree: FormTree, existing: StoredEntity | null): PluginName | null {
  const given = tree.children.get('name')?.values[0]
  if (isPluginName(given)) return given
  return existing?.kind === 'plugins' ? (existing as StoredEntity<'plugins'>).entity.name : null
}
