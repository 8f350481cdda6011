import type { Consumer } from '../model/consumer.ts'
import { type Identity, NOBODY } from '../model/identity.ts'
import type { KeyAuthCredential } from '../model/key-auth-credential.ts'
import { type HeaderPair, identityHeaders } from './identity-headers.ts'

/**
 * An identity with the headers that tell of it, made once and then shared by all requests of the same credential.
 * The headers are made by the first request: most of 100 000 consumers are not there at any one time.
 */
export class Caller {
  readonly identity: Identity
  /** When its credential ends, epoch milliseconds; infinity for never. */
  readonly expiresAtMs: number
  #headers: readonly HeaderPair[] | null = null

  constructor(identity: Identity, expiresAtMs: number = Number.POSITIVE_INFINITY) {
    this.identity = identity
    this.expiresAtMs = expiresAtMs
  }

  get headers(): readonly HeaderPair[] {
    this.#headers ??= identityHeaders(this.identity)
    return this.#headers
  }
}

/** What a member is made of. */
export interface MemberParts {
  readonly consumer: Consumer
  /** Names of its ACL groups. */
  readonly groups: ReadonlySet<string>
  readonly consumerGroupIds: ReadonlySet<string>
  readonly credentials: readonly KeyAuthCredential[]
}

/** A consumer with its groups and keys: what callers are made from. */
export class Member implements MemberParts {
  readonly consumer: Consumer
  readonly groups: ReadonlySet<string>
  readonly consumerGroupIds: ReadonlySet<string>
  readonly credentials: readonly KeyAuthCredential[]
  #anonymous: Caller | null = null

  constructor({ consumer, groups, consumerGroupIds, credentials }: MemberParts) {
    this.consumer = consumer
    this.groups = groups
    this.consumerGroupIds = consumerGroupIds
    this.credentials = credentials
  }

  /** The consumer as known by one of its credentials; null when it is merely looked up. */
  identity(credentialId: string | null): Identity {
    return { consumer: this.consumer, groups: this.groups, credentialId, isAnonymous: false }
  }

  /** The consumer in place of missing credentials. */
  get anonymous(): Caller {
    this.#anonymous ??= new Caller({ ...this.identity(null), isAnonymous: true })
    return this.#anonymous
  }
}

/** The caller of a request that no plugin asked for credentials. */
export const NOBODY_CALLER = new Caller(NOBODY)
