import { ACL } from './acl.ts'
import { ANSWERS } from './answers.ts'
import { BALANCING } from './balancing.ts'
import { BODIES } from './bodies.ts'
import { CANARY } from './canary.ts'
import type { Area } from './conformance.ts'
import { ERROR_TABLE } from './error-table.ts'
import { FIELDS } from './fields.ts'
import { INFORMATION } from './information.ts'
import { ITEMS } from './items.ts'
import { KEY_AUTH } from './key-auth.ts'
import { LISTS } from './lists.ts'
import { NESTED } from './nested.ts'
import { PATCHES } from './patches.ts'
import { PATH_HANDLING } from './path-handling.ts'
import { PLUGIN_FIELDS } from './plugin-fields.ts'
import { PROTOCOLS, TRUSTED_PROTOCOLS } from './protocols.ts'
import { REFERENCES } from './references.ts'
import { ROUTING } from './routing.ts'
import { FORWARDED_FOR, TRUSTED_HEADERS, UPSTREAM_HEADERS } from './upstream-headers.ts'
import { VERBS } from './verbs.ts'
import { VERBS_OPTIONS } from './verbs-options.ts'

/** Every area that is checked, in the order of the page. */
export const AREAS: readonly Area[] = [
  VERBS,
  VERBS_OPTIONS,
  ITEMS,
  NESTED,
  BODIES,
  PATCHES,
  ERROR_TABLE,
  FIELDS,
  PLUGIN_FIELDS,
  REFERENCES,
  LISTS,
  INFORMATION,
  ROUTING,
  PATH_HANDLING,
  PROTOCOLS,
  TRUSTED_PROTOCOLS,
  UPSTREAM_HEADERS,
  TRUSTED_HEADERS,
  FORWARDED_FOR,
  ANSWERS,
  BALANCING,
  KEY_AUTH,
  ACL,
  CANARY,
]
