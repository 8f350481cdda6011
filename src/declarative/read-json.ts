import { FORBIDDEN_KEYS } from '../model/forbidden-keys.ts'
import { MAX_DEPTH, MAX_VALUES } from './yaml-walk.ts'

/** What a JSON text holds, and whether nothing in it has to be told with its line. */
export interface ReadJson {
  readonly value: unknown
  /** False for keys that stand twice or reach a prototype, NUL, halves of surrogate pairs, and what is too deep or too much. */
  readonly isSound: boolean
}

/** Undefined for a text that is no JSON object; then it is YAML, whose parser says what is wrong and where. */
export function readJson(text: string): ReadJson | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return { value, isSound: isSound(value, membersIn(text)) }
  } catch {
    return undefined
  }
}

/** Without recursion, since the text may be very deep. */
function isSound(root: unknown, memberCount: number): boolean {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }]
  let keyCount = 0
  let valueCount = 0
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next
    if (++valueCount > MAX_VALUES) return false
    if (typeof value === 'string' && !isSoundText(value)) return false
    if (typeof value !== 'object' || value === null) continue
    if (depth >= MAX_DEPTH) return false
    for (const [key, child] of Object.entries(value)) {
      if (!Array.isArray(value)) {
        keyCount++
        if (FORBIDDEN_KEYS.has(key) || !isSoundText(key)) return false
      }
      pending.push({ value: child, depth: depth + 1 })
    }
  }
  return keyCount === memberCount
}

function isSoundText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/** Members of all objects of a JSON text, those with one name counted each: colons that are in no text. */
function membersIn(text: string): number {
  const withoutTexts = /"(?:[^"\\]|\\.)*"|:/g
  let count = 0
  for (const [token] of text.matchAll(withoutTexts)) if (token === ':') count++
  return count
}
