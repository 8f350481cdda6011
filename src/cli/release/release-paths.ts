import type { z } from 'zod'
import { pageOf } from './release-answer.ts'
import { askFor, type ReleaseClient } from './release-client.ts'

/** `/releases/shop-v2/pause`; the name percent-encoded. */
export function releasePath(release: string, below = ''): string {
  return `/releases/${encodeURIComponent(release)}${below === '' ? '' : `/${below}`}`
}

/** `?service=shop`, or nothing. */
export function queryText(query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

export interface Listed<T> {
  readonly rows: readonly T[]
  /** Whether there are more that were not asked for. */
  readonly isCut: boolean
}

/** What a list holds, page after page until there are `most`. */
export async function listAll<T extends z.ZodType>(
  client: ReleaseClient,
  path: string,
  { item, most }: { readonly item: T; readonly most: number },
): Promise<Listed<z.infer<T>>> {
  const rows: z.infer<T>[] = []
  for (let next: string | null = path; next !== null && rows.length < most; ) {
    const page: { data: z.infer<T>[]; next: string | null } = await askFor(client, next, {
      answer: pageOf(item),
    })
    rows.push(...page.data)
    next = page.next
    if (rows.length >= most)
      return { rows: rows.slice(0, most), isCut: next !== null || rows.length > most }
  }
  return { rows, isCut: false }
}
