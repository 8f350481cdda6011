import { GatewayError } from '../../model/errors.ts'
import type { ListQuery } from '../../store/store.ts'

const MAX_TAGS = 5

/** `?tags=a,b` (all of them) or `?tags=a/b` (any of them). Fails with invalid_options. */
export function readTags(query: URLSearchParams): ListQuery['tags'] {
  const given = query.get('tags')
  if (given === null) return null
  if (given === '') throw invalidTags('cannot be null')
  const mode = given.includes('/') ? 'any' : 'all'
  const values = given.split(mode === 'any' ? '/' : ',')
  if (values.some((tag) => tag === '' || tag.includes(',')))
    throw invalidTags('invalid filter syntax')
  if (values.length > MAX_TAGS) throw invalidTags(`cannot query more than ${MAX_TAGS} tags`)
  return { values, mode }
}

function invalidTags(message: string): GatewayError {
  return new GatewayError('invalid_options', `invalid option (tags: ${message})`, {
    details: [{ path: ['tags'], message }],
  })
}
