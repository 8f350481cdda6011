import { applyPatch, type Operation } from 'rfc6902'
import { z } from 'zod'
import { FORBIDDEN_KEYS } from '../../../model/forbidden-keys.ts'
import { MAX_VALUES, tooManyValues } from '../../body/refuse-hostile-input.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { canAddAt, stepsOf, valueAt } from './json-pointer.ts'

const pointer = z.string().regex(/^(?:\/.*)?$/s)

const OPERATIONS = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal(['add', 'replace', 'test']), path: pointer, value: z.unknown() }),
    z.object({ op: z.literal('remove'), path: pointer }),
    z.object({ op: z.literal(['move', 'copy']), from: pointer, path: pointer }),
  ]),
)

type JsonOperation = z.infer<typeof OPERATIONS>[number]

/** Whether a body is a JSON patch, as API7 takes it on the same path: a list of operations. */
export function isJsonPatch(body: unknown): boolean {
  return Array.isArray(body)
}

/**
 * A value after a JSON patch (RFC 6902). Fails with invalid_options when it is none or does not apply, and with
 * unparsable_body when copies make too much of it.
 */
export function applyJsonPatch(current: unknown, body: unknown): unknown {
  const parsed = OPERATIONS.safeParse(body)
  if (!parsed.success) {
    throw apisixProblem(
      'invalid JSON patch: expected a list of operations with op, path and value or from',
    )
  }
  const copies = new CopyBudget()
  return parsed.data.reduce<unknown>(
    (value, operation) => applied(value, operation, copies),
    structuredClone(current),
  )
}

/** The value after one operation, which may change the one given. */
function applied(value: unknown, operation: JsonOperation, copies: CopyBudget): unknown {
  const { op, path } = operation
  const steps = stepsOf(path)
  refuseForbidden(steps)
  switch (op) {
    case 'add':
      return added(value, operation)
    case 'copy':
    case 'move': {
      const from = stepsOf(operation.from)
      const found = valueAt(value, from)
      const isIntoItself = op === 'move' && path.startsWith(`${operation.from}/`)
      if (found === undefined || isIntoItself) throw doesNotApply(operation, operation.from)
      const moved = structuredClone(found)
      if (op === 'move') run(value, { op: 'remove', path: operation.from })
      else copies.spend(moved)
      return added(value, { ...operation, value: moved })
    }
    default:
      if (valueAt(value, steps) === undefined) throw doesNotApply(operation, path)
      if (op === 'replace' && path === '') return operation.value
      return run(value, operation)
  }
}

function added(value: unknown, operation: JsonOperation & { readonly value?: unknown }): unknown {
  const { path, value: addition } = operation
  if (!canAddAt(value, stepsOf(path))) throw doesNotApply(operation, path)
  return path === '' ? addition : run(value, { op: 'add', path, value: addition })
}

/** An operation whose place is known to be right. */
function run(value: unknown, operation: Operation): unknown {
  const [error] = applyPatch(value, [operation])
  if (error) {
    const { op, path } = operation
    throw apisixProblem(`JSON patch does not apply: ${op} ${path}: ${error.name}`)
  }
  return value
}

function doesNotApply({ op, path }: JsonOperation, place: string): Error {
  const nothing = place === path ? 'there is no such place' : `there is nothing at ${place}`
  return apisixProblem(`JSON patch does not apply: ${op} ${path}: ${nothing}`)
}

function refuseForbidden(steps: readonly string[]): void {
  const forbidden = steps.find((key) => FORBIDDEN_KEYS.has(key))
  if (forbidden !== undefined) throw apisixProblem(`the key '${forbidden}' is not allowed`)
}

/** Copies of what holds copies grow without end, however short the patch is. */
class CopyBudget {
  #left = MAX_VALUES

  spend(copy: unknown): void {
    this.#left -= 1
    if (this.#left < 0) throw tooManyValues()
    if (typeof copy === 'object' && copy !== null) {
      for (const inside of Object.values(copy)) this.spend(inside)
    }
  }
}
