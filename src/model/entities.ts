import { ACL_GROUP_DEFINITION } from './acl-group.ts'
import { CONSUMER_DEFINITION } from './consumer.ts'
import type { EntityDefinition, EntityKind } from './entity.ts'
import { KEY_AUTH_CREDENTIAL_DEFINITION } from './key-auth-credential.ts'
import { PLUGIN_DEFINITION } from './plugin.ts'
import { ROUTE_DEFINITION } from './route.ts'
import { SERVICE_DEFINITION } from './service.ts'
import { TARGET_DEFINITION } from './target.ts'
import { UPSTREAM_DEFINITION } from './upstream.ts'

/** One definition per kind; adding a kind is its file and one line here. */
export const ENTITY_DEFINITIONS: { readonly [K in EntityKind]: EntityDefinition<K> } = {
  services: SERVICE_DEFINITION,
  routes: ROUTE_DEFINITION,
  upstreams: UPSTREAM_DEFINITION,
  targets: TARGET_DEFINITION,
  consumers: CONSUMER_DEFINITION,
  acls: ACL_GROUP_DEFINITION,
  keyauth_credentials: KEY_AUTH_CREDENTIAL_DEFINITION,
  plugins: PLUGIN_DEFINITION,
}

/** Parents before children: an order in which a whole configuration can be written. */
export const ENTITY_KINDS = Object.keys(ENTITY_DEFINITIONS) as readonly EntityKind[]
