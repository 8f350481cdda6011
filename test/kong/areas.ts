import { ACL } from './acl.ts'
import { ACL_MEMBERSHIPS } from './acl-memberships.ts'
import { ADMIN_PATHS } from './admin-paths.ts'
import { ANSWERS } from './answers.ts'
import { BALANCING } from './balancing.ts'
import { BASIC_AUTH_CREDENTIALS } from './basic-auth-credentials.ts'
import { BODIES } from './bodies.ts'
import { CA_CERTIFICATES } from './ca-certificates.ts'
import { CANARY_GROUPS } from './canary-groups.ts'
import { CANARY_RELEASES } from './canary-releases.ts'
import { CANARY_SHARES } from './canary-shares.ts'
import { CERTIFICATES } from './certificates.ts'
import { CONFIG_ENDPOINT } from './config-endpoint.ts'
import type { Area } from './conformance.ts'
import { CONSUMER_FIELDS } from './consumer-fields.ts'
import { CONSUMER_GROUPS } from './consumer-groups.ts'
import { CORS } from './cors.ts'
import { DEBUG_HEADER } from './debug-header.ts'
import { ENDPOINT_INDEX } from './endpoint-index.ts'
import { ERROR_TABLE } from './error-table.ts'
import { ERROR_TYPES } from './error-types.ts'
import { FORM_BODIES } from './form-bodies.ts'
import { INFORMATION } from './information.ts'
import { ITEMS } from './items.ts'
import { JWT_CREDENTIALS } from './jwt-credentials.ts'
import { KEY_AUTH } from './key-auth.ts'
import { KEY_AUTH_CREDENTIALS } from './key-auth-credentials.ts'
import { LISTS } from './lists.ts'
import { MULTIPART_BODIES } from './multipart-bodies.ts'
import { NESTED } from './nested.ts'
import { NORMAL_PATHS } from './normal-paths.ts'
import { OPTIONS } from './options.ts'
import { PATCHES } from './patches.ts'
import { PATH_HANDLING } from './path-handling.ts'
import { PLUGIN_FIELDS } from './plugin-fields.ts'
import { PRECEDENCE } from './precedence.ts'
import { PROTOCOLS, TRUSTED_PROTOCOLS } from './protocols.ts'
import { REFERENCES } from './references.ts'
import { REQUEST_SIZE_LIMITING } from './request-size-limiting.ts'
import { ROUTE_FIELDS } from './route-fields.ts'
import { ROUTE_PRIORITY } from './route-priority.ts'
import { ROUTING } from './routing.ts'
import { SCHEMAS } from './schemas.ts'
import { SERVICE_FIELDS } from './service-fields.ts'
import { SHORTHANDS } from './shorthands.ts'
import { SNIS } from './snis.ts'
import { TAGS } from './tags.ts'
import { TARGET_FIELDS } from './target-fields.ts'
import { TARGET_HEALTH } from './target-health.ts'
import { TARGETS } from './targets.ts'
import { FORWARDED_FOR, TRUSTED_HEADERS } from './trusted-headers.ts'
import { UNIQUE_VALUES } from './unique-values.ts'
import { UPSTREAM_FIELDS } from './upstream-fields.ts'
import { UPSTREAM_HASHING_FIELDS } from './upstream-hashing-fields.ts'
import { UPSTREAM_HEADERS } from './upstream-headers.ts'
import { VALIDATION } from './validation.ts'
import { VERBS } from './verbs.ts'

/** Areas of the Admin API. */
export const ADMIN_AREAS: readonly Area[] = [
  VERBS,
  OPTIONS,
  CORS,
  ITEMS,
  ADMIN_PATHS,
  NESTED,
  TARGETS,
  TARGET_HEALTH,
  ACL_MEMBERSHIPS,
  KEY_AUTH_CREDENTIALS,
  BASIC_AUTH_CREDENTIALS,
  JWT_CREDENTIALS,
  CONSUMER_GROUPS,
  CERTIFICATES,
  SNIS,
  CA_CERTIFICATES,
  BODIES,
  FORM_BODIES,
  MULTIPART_BODIES,
  SHORTHANDS,
  PATCHES,
  ERROR_TABLE,
  UNIQUE_VALUES,
  REFERENCES,
  SERVICE_FIELDS,
  ROUTE_FIELDS,
  UPSTREAM_FIELDS,
  UPSTREAM_HASHING_FIELDS,
  TARGET_FIELDS,
  CONSUMER_FIELDS,
  PLUGIN_FIELDS,
  LISTS,
  TAGS,
  INFORMATION,
  ENDPOINT_INDEX,
  SCHEMAS,
  VALIDATION,
  CONFIG_ENDPOINT,
]

/** Areas of the proxy and its plugins. */
export const PROXY_AREAS: readonly Area[] = [
  ROUTING,
  ROUTE_PRIORITY,
  PATH_HANDLING,
  NORMAL_PATHS,
  PROTOCOLS,
  TRUSTED_PROTOCOLS,
  UPSTREAM_HEADERS,
  TRUSTED_HEADERS,
  FORWARDED_FOR,
  ANSWERS,
  ERROR_TYPES,
  DEBUG_HEADER,
  BALANCING,
  PRECEDENCE,
  KEY_AUTH,
  ACL,
  REQUEST_SIZE_LIMITING,
  CANARY_SHARES,
  CANARY_GROUPS,
  CANARY_RELEASES,
]

/** Every area that is checked, in the order of the page. */
export const AREAS: readonly Area[] = [...ADMIN_AREAS, ...PROXY_AREAS]
