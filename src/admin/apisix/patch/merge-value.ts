import { isPlainObject } from '../../../model/plain-object.ts'
import { MAX_DEPTH } from '../../body/refuse-hostile-input.ts'
import { apisixProblem } from '../answer/apisix-problem.ts'
import { indexOf } from './json-pointer.ts'

/** A value with a patch merged in: objects merge, everything else replaces, null deletes. Source: reference apisix.md, c2. */
export function mergeValue(current: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch
  const merged = new Map(Object.entries(isPlainObject(current) ? current : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, mergeValue(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

/**
 * A value in which what stands at the path is replaced, null deletes it. Fails with invalid_options for a path through
 * what is neither object nor list.
 */
export function setAtPath(current: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length > MAX_DEPTH) throw apisixProblem(`invalid sub-path: more than ${MAX_DEPTH} steps`)
  return setAt(current, path, { value, whole: path })
}

function setAt(
  current: unknown,
  path: readonly string[],
  set: { readonly value: unknown; readonly whole: readonly string[] },
): unknown {
  const [key, ...rest] = path
  if (key === undefined) return set.value
  if (Array.isArray(current)) {
    const index = indexOf(key)
    if (index === null || index > current.length) throw invalidPath(set.whole)
    const next = setAt(current[index], rest, set)
    return next === null ? current.toSpliced(index, 1) : current.toSpliced(index, 1, next)
  }
  if (current !== undefined && !isPlainObject(current)) throw invalidPath(set.whole)
  const fields = new Map(Object.entries(current ?? {}))
  const next = setAt(fields.get(key), rest, set)
  if (next === null) fields.delete(key)
  else fields.set(key, next)
  return Object.fromEntries(fields)
}

function invalidPath(path: readonly string[]): Error {
  return apisixProblem(`invalid sub-path: /${path.join('/')}`)
}
