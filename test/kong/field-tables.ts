import { type Call, type Expectation, post, type Row } from './conformance.ts'
import { violation, wrongField } from './values.ts'

export type Input = Readonly<Record<string, unknown>>

/** Input that is refused because of one field, and what is said of it. */
export type FieldCase = readonly [id: string, input: Input, field: string, message: string]

/** Input that is taken, and how it is stored. */
export type TakenCase = readonly [id: string, input: Input, stored?: Input]

export interface Table {
  readonly name: string
  readonly path: string
  readonly source: string
  /** Valid input that every case is laid over. */
  readonly base: Input
  readonly given?: readonly Call[]
}

export const PORT_RANGE = 'value should be between 0 and 65535'

export function row(
  { name, path, source, base, given = [] }: Table,
  id: string,
  title: string,
  { input, expect }: { readonly input: Input; readonly expect: Expectation },
): Row {
  return {
    id: `${name}-${id}`,
    source,
    title,
    given,
    request: post(path, { ...base, ...input }),
    expect,
  }
}

export function refused(table: Table, cases: readonly FieldCase[]): readonly Row[] {
  return cases.map(([id, input, field, message]) =>
    row(table, id, `${subject(table)} with ${JSON.stringify(input)} is refused: ${message}`, {
      input,
      expect: wrongField(field, message),
    }),
  )
}

export function taken(table: Table, cases: readonly TakenCase[]): readonly Row[] {
  return cases.map(([id, input, stored]) =>
    row(
      table,
      `takes-${id}`,
      `${subject(table)} with ${JSON.stringify(input)} is taken${Object.keys(input).length === 0 ? `: ${id}` : ''}`,
      {
        input,
        expect: { status: 201, body: stored ?? input },
      },
    ),
  )
}

/** A rule between fields: one message for the entity, one for the field. */
export function broken(condition: string, field: string, message: string): Expectation {
  return violation(`2 schema violations (${condition}; ${field}: ${message})`, {
    '@entity': [condition],
    [field]: message,
  })
}

function subject({ name }: Table): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
