import { FORBIDDEN_KEYS } from '../../../model/forbidden-keys.ts'
import { isPlainObject } from '../../../model/plain-object.ts'

/** Keys and indexes on the way that a JSON pointer describes (RFC 6901 section 4). */
export function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What stands at the end of the way; undefined when there is nothing. Texts have nothing inside, nor have lists a length. */
export function valueAt(whole: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((value, step) => child(value, step), whole)
}

/** Whether something may be added there: the object or list around it is there, and a list has no gaps. */
export function canAddAt(whole: unknown, steps: readonly string[]): boolean {
  const last = steps.at(-1)
  if (last === undefined) return true
  const parent = valueAt(whole, steps.slice(0, -1))
  if (Array.isArray(parent)) return last === '-' || (indexOf(last) ?? Infinity) <= parent.length
  return isPlainObject(parent) && !FORBIDDEN_KEYS.has(last)
}

/** The index that a step of a way is; null when it is none (RFC 6901 section 4: no sign, no zeros before it). */
export function indexOf(step: string): number | null {
  return /^(?:0|[1-9]\d*)$/.test(step) ? Number(step) : null
}

function child(value: unknown, step: string): unknown {
  if (Array.isArray(value)) {
    const index = indexOf(step)
    return index === null ? undefined : value[index]
  }
  return isPlainObject(value) && Object.hasOwn(value, step) ? value[step] : undefined
}
