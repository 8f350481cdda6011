import { z } from 'zod'
import { destinationHost } from './address-fields.ts'
import { SERVICE_EXTENSION } from './apisix/service-extension.ts'
import type { DeepReadonly } from './deep-readonly.ts'
import type { EntityDefinition } from './entity.ts'
import { withEntityChecks } from './entity-checks.ts'
import { conditional } from './entity-rules.ts'
import {
  absentWhenNull,
  extension,
  foreignKey,
  foreignKeyList,
  id,
  integer,
  name,
  nullableWithDefault,
  oneOf,
  optional,
  port,
  required,
  tags,
  timeoutMs,
  timestampSeconds,
  withDefault,
} from './fields.ts'
import { path } from './path-fields.ts'
import { expandServiceUrl } from './service-url.ts'

/** Every protocol Kong knows; the gateway serves http and https so far. */
export const PROTOCOLS = [
  'grpc',
  'grpcs',
  'http',
  'https',
  'tcp',
  'tls',
  'tls_passthrough',
  'udp',
] as const

/** Defaults of the fields that may be null, which means the same as the default. */
export const SERVICE_DEFAULTS = { retries: 5, timeoutMs: 60000 } as const

const WITHOUT_PATH = ['tcp', 'tls', 'udp', 'grpc', 'grpcs']
const WITH_TLS = ['https', 'tls']

const timeout = (effect: string) =>
  nullableWithDefault(
    timeoutMs(),
    SERVICE_DEFAULTS.timeoutMs,
    `Milliseconds ${effect}, 1 to 2147483646; default ${SERVICE_DEFAULTS.timeoutMs}.`,
  )

const onlyWithTls = (field: string) =>
  conditional({
    when: 'protocol',
    is: { noneOf: WITH_TLS },
    field,
    must: { isNull: true },
  })

const SERVICE_SCHEMA = withEntityChecks(
  z
    .strictObject({
      id: id(),
      created_at: timestampSeconds('created'),
      updated_at: timestampSeconds('last changed'),
      name: optional(name(), 'Unique name to address the service by; null by default.'),
      retries: nullableWithDefault(
        integer(0, 32767),
        SERVICE_DEFAULTS.retries,
        'How often a request that failed before an answer is tried again, 0 to 32767; default 5.',
      ),
      protocol: withDefault(
        oneOf(PROTOCOLS),
        'http',
        'Protocol to talk to the upstream with; default http.',
      ),
      host: required(
        destinationHost(),
        'Host to send requests to: the name of an upstream, a host name or an IP address, without port.',
      ),
      port: withDefault(
        port(),
        80,
        'Port of the host, 0 to 65535; default 80. Not used when the host names an upstream.',
      ),
      path: optional(
        path(),
        'Path put before the path of each request; null (nothing) by default.',
      ),
      connect_timeout: timeout('to establish a connection'),
      write_timeout: timeout('between two successive writes of a request'),
      read_timeout: timeout('between two successive reads of an answer'),
      tags: tags(),
      client_certificate: optional(
        foreignKey('certificates'),
        'Certificate to show to the upstream in TLS; null (none) by default.',
      ),
      tls_verify: optional(
        z.boolean(),
        "Whether the upstream's certificate is verified; null (it is) by default.",
      ),
      tls_verify_depth: optional(
        integer(0, 64),
        'Most intermediate certificates accepted between that of the upstream and a trusted root, 0 to 64; null (any number) by default.',
      ),
      ca_certificates: optional(
        foreignKeyList('ca_certificates'),
        'Ids of the CA certificates to verify the upstream with, and no others; null (those that come with Node.js) by default.',
      ),
      enabled: withDefault(
        z.boolean(),
        true,
        'Whether requests are served; default true. Routes of a disabled service match nothing.',
      ),
      apisix: extension(
        SERVICE_EXTENSION,
        "What Kong's fields have no words for of a service that was written in APISIX's dialect; absent by default.",
      ),
    })
    .overwrite(absentWhenNull('apisix')),
  [
    conditional({
      when: 'protocol',
      is: { oneOf: WITHOUT_PATH },
      field: 'path',
      must: { isNull: true },
    }),
    onlyWithTls('client_certificate'),
    onlyWithTls('tls_verify'),
    onlyWithTls('tls_verify_depth'),
    onlyWithTls('ca_certificates'),
  ],
)

/** What requests are forwarded to. Source: Kong Gateway 3.9, Service object. */
export type Service = DeepReadonly<z.infer<typeof SERVICE_SCHEMA>>

export const SERVICE_DEFINITION: EntityDefinition<'services'> = {
  kind: 'services',
  schema: SERVICE_SCHEMA,
  endpointKey: 'name',
  unique: [['name']],
  foreignKeys: {
    client_certificate: { kind: 'certificates', isRequired: false, onParentDelete: 'refuse' },
    ca_certificates: {
      kind: 'ca_certificates',
      isRequired: false,
      onParentDelete: 'refuse',
      isList: true,
    },
  },
  hasUpdatedAt: true,
  hasFractionalTimestamps: false,
  expandShorthands: expandServiceUrl,
}
