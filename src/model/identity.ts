import type { Consumer } from './consumer.ts'

/** Who sends a request, as far as the credentials tell. */
export interface Identity {
  readonly consumer: Consumer | null
  /** ACL groups of the consumer; empty without one. */
  readonly groups: ReadonlySet<string>
  readonly credentialId: string | null
  /** True when `config.anonymous` put its consumer in place of missing credentials. */
  readonly isAnonymous: boolean
}

export const NOBODY: Identity = {
  consumer: null,
  groups: new Set(),
  credentialId: null,
  isAnonymous: false,
}
