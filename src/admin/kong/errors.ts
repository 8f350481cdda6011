import {
  ERROR_TABLE,
  type ErrorCode,
  type ErrorDetail,
  type GatewayError,
} from '../../model/errors.ts'
import type { ErrorDialect } from '../handle-errors.ts'

/** Kong's number for each code that has one (its Admin API documents and kong/db/errors.lua name them). */
const KONG_CODES: { readonly [C in ErrorCode]?: number } = {
  invalid_primary_key: 1,
  schema_violation: 2,
  primary_key_violation: 3,
  foreign_key_violation: 4,
  unique_violation: 5,
  invalid_offset: 7,
  database_error: 8,
  invalid_size: 9,
  invalid_options: 11,
  operation_unsupported: 12,
  foreign_keys_unresolved: 13,
  invalid_declarative_configuration: 14,
  referenced_by_others: 19,
}

/** Codes whose details Kong always shows, and under which key. */
const FIELD_KEYS: { readonly [C in ErrorCode]?: 'fields' | 'options' } = {
  schema_violation: 'fields',
  invalid_primary_key: 'fields',
  primary_key_violation: 'fields',
  foreign_key_violation: 'fields',
  unique_violation: 'fields',
  foreign_keys_unresolved: 'fields',
  invalid_options: 'options',
}

/** Errors of the endpoints that Kong has too. */
export const KONG_DIALECT: ErrorDialect = {
  contentType: 'application/json; charset=utf-8',
  body: kongErrorBody,
}

export type FieldTree = string | null | readonly FieldTree[] | { readonly [key: string]: FieldTree }

/**
 * Kong's error document: message, name, code and the tree of wrong fields; the message alone for errors that Kong
 * does not number.
 */
export function kongErrorBody(error: GatewayError): Readonly<Record<string, unknown>> {
  const code = KONG_CODES[error.code]
  if (code === undefined) return { message: error.message }
  const key = FIELD_KEYS[error.code]
  return {
    message: error.message,
    name: ERROR_TABLE[error.code].title,
    code,
    ...(key === undefined ? {} : { [key]: fieldTree(error.details) }),
  }
}

/**
 * Problems as the nested document Kong shows: an object per record, an array with null holes per list, and for
 * `@entity` a list of messages. Of two problems at one place the first is shown.
 */
export function fieldTree(details: readonly ErrorDetail[]): FieldTree {
  const root = growing()
  for (const { path, message } of details) {
    let node = root
    for (const step of path) node = childOf(node, step)
    node.messages.push(message)
  }
  return settle(root, false)
}

interface GrowingTree {
  readonly messages: (string | null)[]
  readonly children: Map<string | number, GrowingTree>
}

function growing(): GrowingTree {
  return { messages: [], children: new Map() }
}

function childOf(node: GrowingTree, step: string | number): GrowingTree {
  const known = node.children.get(step)
  if (known !== undefined) return known
  const child = growing()
  node.children.set(step, child)
  return child
}

function settle(node: GrowingTree, isEntityCheck: boolean): FieldTree {
  if (isEntityCheck) return node.messages
  const [message] = node.messages
  if (message !== undefined) return message
  const steps = [...node.children.keys()]
  if (steps.length > 0 && steps.every((step) => typeof step === 'number')) return settleList(node)
  return Object.fromEntries(
    [...node.children].map(([step, child]) => [step, settle(child, step === '@entity')]),
  )
}

function settleList(node: GrowingTree): FieldTree {
  const list: FieldTree[] = []
  for (const [index, child] of node.children) {
    while (list.length <= Number(index)) list.push(null)
    list[Number(index)] = settle(child, false)
  }
  return list
}
