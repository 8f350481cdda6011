import { type RawBuilder, sql } from 'kysely'
import { MAX_PAGE_BYTES } from './store.ts'

/** Length of a text in the database, told without reading it; 0 for null. */
export function byteCount(column: string): RawBuilder<number> {
  return sql<number>`coalesce(octet_length(${sql.ref(column)}), 0)`
}

/**
 * Where a page ends among rows in its order, one more than its `size` when there are as many: the sequence number of the
 * last row in it, null without rows, and the position that the next page is asked with.
 */
export function cutPage(
  rows: readonly { readonly sequence: number; readonly bytes: number }[],
  size: number,
): { readonly last: number | null; readonly next: string | null } {
  const count = Math.min(size, countFitting(rows))
  const last = rows[count - 1]?.sequence ?? null
  return { last, next: count < rows.length && last !== null ? String(last) : null }
}

/** How many rows from the first on fit into a page. */
export function countFitting(rows: readonly { readonly bytes: number }[]): number {
  let bytes = 0
  const excess = rows.findIndex((row, index) => {
    bytes += Number(row.bytes)
    return index > 0 && bytes > MAX_PAGE_BYTES
  })
  return excess === -1 ? rows.length : excess
}
