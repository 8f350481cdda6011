import { readFileSync } from 'node:fs'

/**
 * How many files and connections this process may have open at a time: the soft limit, which Node.js raises to the
 * hard one when it starts. Null when there is no limit, and on systems that do not tell it (proc(5), Linux only).
 */
export function openFileLimit(): number | null {
  let limits: string
  try {
    limits = readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return null
  }
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? []
  return soft === undefined ? null : Number(soft)
}
