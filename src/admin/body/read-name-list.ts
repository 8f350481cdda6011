import { MAX_ELEMENTS } from '../../model/fields.ts'
import { expectedType, lengthAtMost, REQUIRED, UNKNOWN_FIELD } from '../../model/kong-messages.ts'
import { TEXT_LIST_SHAPE } from '../../model/schema-shape.ts'
import { schemaViolation } from '../../model/schema-violation.ts'
import type { Body } from './body.ts'
import { coerceForm } from './coerce-form.ts'

/**
 * The names in the only field that a body may have: `{"consumer": "anna"}`, `{"consumer": ["anna", "bob"]}`,
 * `consumer=anna&consumer=bob`. Fails with schema_violation for anything else.
 */
export function readNameList(body: Body, field: string): readonly string[] {
  const fields = body.type === 'json' ? body.fields : formFields(body, field)
  const unknown = Object.keys(fields).filter((name) => name !== field)
  if (unknown.length > 0) {
    throw schemaViolation(unknown.map((name) => ({ path: [name], message: UNKNOWN_FIELD })))
  }
  const given = fields[field]
  const names: unknown[] = Array.isArray(given) ? given : [given ?? '']
  if (names.length > MAX_ELEMENTS) {
    throw schemaViolation([{ path: [field], message: lengthAtMost(MAX_ELEMENTS) }])
  }
  const wrong = names.flatMap((name, index) => {
    const path = Array.isArray(given) ? [field, index] : [field]
    if (name === '') return [{ path, message: REQUIRED }]
    return typeof name === 'string' ? [] : [{ path, message: expectedType('string') }]
  })
  if (names.length === 0) wrong.push({ path: [field], message: REQUIRED })
  if (wrong.length > 0) throw schemaViolation(wrong)
  return names as string[]
}

function formFields(
  { tree }: Extract<Body, { type: 'form' }>,
  field: string,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    [...tree.children].map(([name, child]) => [
      name,
      coerceForm(child, name === field ? TEXT_LIST_SHAPE : undefined),
    ]),
  )
}
