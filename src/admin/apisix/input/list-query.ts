import { apisixProblem } from '../answer/apisix-problem.ts'
import type { ApisixValue } from '../shared/apisix-resource.ts'

/** Which part of a list is asked for; null for all of it. */
export interface ApisixPage {
  /** From 1. */
  readonly page: number
  readonly pageSize: number
}

const MIN_PAGE_SIZE = 10
const MAX_PAGE_SIZE = 500

/** Both `page` and `page_size` must be given. Fails with invalid_options. Source: reference apisix.md, c2. */
export function readPage(query: URLSearchParams): ApisixPage | null {
  const [page, pageSize] = [query.get('page'), query.get('page_size')]
  if (page === null || pageSize === null) return null
  const [number, size] = [Number(page), Number(pageSize)]
  if (!Number.isInteger(number) || number < 1) {
    throw apisixProblem(`page must be a whole number from 1, got ${page}`)
  }
  if (!Number.isInteger(size) || size < MIN_PAGE_SIZE || size > MAX_PAGE_SIZE) {
    throw apisixProblem(`page_size must be between ${MIN_PAGE_SIZE} and ${MAX_PAGE_SIZE}`)
  }
  return { page: number, pageSize: size }
}

/** Whether a value is in the list. Fails with invalid_options for a filter that cannot be read. */
export function readFilter(query: URLSearchParams): (value: ApisixValue) => boolean {
  const tests = [
    ...containing(query.get('name'), ({ name }) => [name]),
    ...containing(query.get('uri'), urisOf),
    ...labelled(query),
    ...equal(query.get('filter')),
  ]
  return (value) => tests.every((test) => test(value))
}

type Test = (value: ApisixValue) => boolean

function urisOf({ uri, uris, paths }: ApisixValue): readonly unknown[] {
  return [uri, ...listOf(uris), ...listOf(paths)]
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** APISIX searches with a regular expression; what is searched for here is a text, so that no search takes long. */
function containing(
  wanted: string | null,
  textsOf: (value: ApisixValue) => readonly unknown[],
): readonly Test[] {
  if (wanted === null || wanted === '') return []
  return [
    (value) => textsOf(value).some((text) => typeof text === 'string' && text.includes(wanted)),
  ]
}

/** `label=env`: it is there; `labels[env]=prod`, as API7 asks: it is this. */
function labelled(query: URLSearchParams): readonly Test[] {
  const tests: Test[] = []
  for (const [name, wanted] of query) {
    const key = name === 'label' ? wanted : /^labels\[(.+)\]$/.exec(name)?.[1]
    if (key === undefined || key === '') continue
    tests.push(({ labels }) => {
      const value: unknown =
        typeof labels === 'object' && labels !== null && Object.hasOwn(labels, key)
          ? Reflect.get(labels, key)
          : undefined
      return value !== undefined && (name === 'label' || value === wanted)
    })
  }
  return tests
}

const FILTER_FIELDS: readonly string[] = ['service_id', 'upstream_id']

function equal(filter: string | null): readonly Test[] {
  if (filter === null || filter === '') return []
  return [...new URLSearchParams(filter)].map(([field, wanted]) => {
    if (!FILTER_FIELDS.includes(field)) {
      throw apisixProblem(`invalid filter: '${field}' (expected ${FILTER_FIELDS.join(' or ')})`)
    }
    return (value) => String(value[field]) === wanted
  })
}
