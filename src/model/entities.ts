import { ACL_GROUP_DEFINITION } from './acl-group.ts'
import { BASIC_AUTH_CREDENTIAL_DEFINITION } from './basic-auth-credential.ts'
import { CA_CERTIFICATE_DEFINITION } from './ca-certificate.ts'
import { CERTIFICATE_DEFINITION } from './certificate.ts'
import { CONSUMER_DEFINITION } from './consumer.ts'
import { CONSUMER_GROUP_DEFINITION } from './consumer-group.ts'
import { CONSUMER_GROUP_MEMBER_DEFINITION } from './consumer-group-member.ts'
import type { EntityDefinition, EntityKind } from './entity.ts'
import { JWT_SECRET_DEFINITION } from './jwt-secret.ts'
import { KEY_AUTH_CREDENTIAL_DEFINITION } from './key-auth-credential.ts'
import { PLUGIN_DEFINITION } from './plugin.ts'
import { PLUGIN_CONFIG_DEFINITION } from './plugin-config.ts'
import { ROUTE_DEFINITION } from './route.ts'
import { SERVICE_DEFINITION } from './service.ts'
import { SNI_DEFINITION } from './sni.ts'
import { TARGET_DEFINITION } from './target.ts'
import { UPSTREAM_DEFINITION } from './upstream.ts'

/** One definition per kind; adding a kind is its file and one line here. */
export const ENTITY_DEFINITIONS: { readonly [K in EntityKind]: EntityDefinition<K> } = {
  certificates: CERTIFICATE_DEFINITION,
  snis: SNI_DEFINITION,
  ca_certificates: CA_CERTIFICATE_DEFINITION,
  plugin_configs: PLUGIN_CONFIG_DEFINITION,
  services: SERVICE_DEFINITION,
  routes: ROUTE_DEFINITION,
  upstreams: UPSTREAM_DEFINITION,
  targets: TARGET_DEFINITION,
  consumers: CONSUMER_DEFINITION,
  consumer_groups: CONSUMER_GROUP_DEFINITION,
  consumer_group_consumers: CONSUMER_GROUP_MEMBER_DEFINITION,
  acls: ACL_GROUP_DEFINITION,
  keyauth_credentials: KEY_AUTH_CREDENTIAL_DEFINITION,
  basicauth_credentials: BASIC_AUTH_CREDENTIAL_DEFINITION,
  jwt_secrets: JWT_SECRET_DEFINITION,
  plugins: PLUGIN_DEFINITION,
}

/** Parents before children: an order in which a whole configuration can be written. */
export const ENTITY_KINDS = Object.keys(ENTITY_DEFINITIONS) as readonly EntityKind[]
