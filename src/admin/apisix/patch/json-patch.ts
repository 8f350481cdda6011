import { applyPatch, type Operation } from 'rfc6902'
import { z } from 'zod'
import { FORBIDDEN_KEYS } from '../../../model/forbidden-keys.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'

const pointer = z.string().regex(/^(?:\/.*)?$/s)

const OPERATIONS = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal(['add', 'replace', 'test']), path: pointer, value: z.unknown() }),
    z.object({ op: z.literal('remove'), path: pointer }),
    z.object({ op: z.literal(['move', 'copy']), from: pointer, path: pointer }),
  ]),
)

/** Whether a body is a JSON patch, as API7 takes it on the same path: a list of operations. */
export function isJsonPatch(body: unknown): boolean {
  return Array.isArray(body)
}

/** A value after a JSON patch (RFC 6902). Fails with invalid_options when it is none or does not apply. */
export function applyJsonPatch(current: unknown, body: unknown): unknown {
  const parsed = OPERATIONS.safeParse(body)
  if (!parsed.success) {
    throw apisixProblem(
      'invalid JSON patch: expected a list of operations with op, path and value or from',
    )
  }
  const value = structuredClone(current)
  for (const operation of parsed.data as readonly Operation[]) {
    refuseForbidden(operation.path)
    const [error] = applyPatch(value, [operation])
    if (error) {
      throw apisixProblem(
        `JSON patch does not apply: ${operation.op} ${operation.path}: ${error.name}`,
      )
    }
  }
  return value
}

function refuseForbidden(path: string): void {
  const forbidden = path.split('/').find((key) => FORBIDDEN_KEYS.has(key))
  if (forbidden !== undefined) throw apisixProblem(`the key '${forbidden}' is not allowed`)
}
