import type { ApisixValue } from '../shared/apisix-resource.ts'

const DEFAULT_NAME = 'apikey'

/** APISIX names the header and the argument; in Kong's words both are looked for in both. */
export function keyAuthConfig({
  header,
  query,
  anonymous_consumer,
  ...others
}: ApisixValue): ApisixValue {
  const names = new Set([header ?? DEFAULT_NAME, query ?? DEFAULT_NAME])
  return {
    ...others,
    ...(header === undefined && query === undefined ? {} : { key_names: [...names] }),
    ...(anonymous_consumer === undefined ? {} : { anonymous: anonymous_consumer }),
  }
}

/** Up to two names can be said in APISIX's words; more stay in Kong's. */
export function keyAuthOf({ key_names, anonymous, ...others }: ApisixValue): ApisixValue {
  const named = anonymous === undefined ? others : { ...others, anonymous_consumer: anonymous }
  if (!Array.isArray(key_names)) return named
  if (key_names.length > 2) return { ...named, key_names }
  const [header, query = header]: readonly unknown[] = key_names
  return {
    ...named,
    ...(header === DEFAULT_NAME ? {} : { header }),
    ...(query === DEFAULT_NAME ? {} : { query }),
  }
}
