import { headerFromText } from '../model/header-text.ts'
import type { Identity } from '../model/identity.ts'
import type { AclConfig } from '../model/plugins/acl.ts'

/** Configuration of an acl plugin in the form a request needs. */
export interface CompiledAcl {
  /** Whether members of `groups` are the ones let in or the ones kept out. */
  readonly mode: 'allow' | 'deny'
  readonly groups: readonly string[]
  readonly hidesGroupsHeader: boolean
}

export type AclResult =
  /** `groupsHeader` is the value of `X-Consumer-Groups` to send, or null for none. */
  | { readonly kind: 'allowed'; readonly groupsHeader: string | null }
  | {
      readonly kind: 'refused'
      readonly status: 401 | 403
      /** Safe to send to the client. */
      readonly message: string
      /** For the access log. */
      readonly reason: 'no-consumer' | 'not-permitted'
    }

/** Compiles an acl configuration, of which exactly one of `allow` and `deny` has entries. */
export function compileAcl(config: AclConfig): CompiledAcl {
  const isAllow = (config.allow?.length ?? 0) > 0
  return {
    mode: isAllow ? 'allow' : 'deny',
    groups: [...((isAllow ? config.allow : config.deny) ?? [])],
    hidesGroupsHeader: config.hide_groups_header,
  }
}

/**
 * Whether a consumer may use what the plugin guards (reference kong.md section 2.5): 401 without a consumer, 403
 * outside the allowed groups or inside a denied one. The header lists all groups of the consumer in alphabetical
 * order of their code units, joined by `, `.
 */
export function authorize(plugin: CompiledAcl, identity: Identity): AclResult {
  if (identity.consumer === null) return NO_CONSUMER
  const isMember = plugin.groups.some((group) => identity.groups.has(group))
  if (isMember !== (plugin.mode === 'allow')) return NOT_PERMITTED
  return plugin.hidesGroupsHeader || identity.groups.size === 0
    ? ALLOWED_WITHOUT_HEADER
    : { kind: 'allowed', groupsHeader: headerFromText([...identity.groups].sort().join(', ')) }
}

const NO_CONSUMER: AclResult = {
  kind: 'refused',
  status: 401,
  message: 'Unauthorized',
  reason: 'no-consumer',
}
const NOT_PERMITTED: AclResult = {
  kind: 'refused',
  status: 403,
  message: 'You cannot consume this service',
  reason: 'not-permitted',
}
const ALLOWED_WITHOUT_HEADER: AclResult = { kind: 'allowed', groupsHeader: null }
