import { DEFAULT_TARGET_PORT } from '../../model/address-fields.ts'
import { formatAuthority, parseAuthority } from '../../model/addresses.ts'
import type { EntityKind } from '../../model/entity.ts'

/** An endpoint key in the form it is stored in: a target may be named as it was given, `10.0.0.1` or `[::1]:80`. */
export function storedKey(kind: EntityKind, key: string): string {
  const authority = kind === 'targets' ? parseAuthority(key) : null
  if (authority === null || Number.isNaN(authority.port)) return key
  return formatAuthority(authority, authority.port ?? DEFAULT_TARGET_PORT)
}
