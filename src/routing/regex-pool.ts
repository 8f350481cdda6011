import type { Map as ImmutableMap } from 'immutable'
import { compileLinearRegex, type LinearRegex } from '../model/linear-regex.ts'

/**
 * Compiled patterns by source. Behind their literals many routes have the same pattern (`\d+$`):
 * one engine for all is compiled once and stays in the processor's cache.
 */
export type RegexPool = ImmutableMap<string, PooledRegex>

export interface PooledRegex {
  readonly regex: LinearRegex
  /** How many path patterns use it; it goes with the last. */
  readonly useCount: number
}

/** The engine for this source, and the pool with one use more of it. Throws LinearRegexError. */
export function poolWith(pool: RegexPool, source: string): { pool: RegexPool; regex: LinearRegex } {
  const pooled = pool.get(source)
  const regex = pooled?.regex ?? compileLinearRegex(source)
  return { regex, pool: pool.set(source, { regex, useCount: (pooled?.useCount ?? 0) + 1 }) }
}

/** The pool with one use less of this source. */
export function poolWithout(pool: RegexPool, source: string): RegexPool {
  const pooled = pool.get(source)
  if (pooled === undefined) return pool
  return pooled.useCount === 1
    ? pool.delete(source)
    : pool.set(source, { regex: pooled.regex, useCount: pooled.useCount - 1 })
}
