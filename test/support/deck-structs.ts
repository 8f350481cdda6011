/** A document as decK holds it: fields that are nil are absent. */
export type Fields = Readonly<Record<string, unknown>>

/** What a field of a Go struct can hold. `any` is kept as it came: the configuration of a plugin. */
export type GoType =
  | 'string'
  | 'int'
  | 'float'
  | 'bool'
  | 'strings'
  | 'ints'
  | 'string lists by name'
  | 'any'
  | GoStruct

export interface GoStruct {
  readonly [field: string]: GoType
}

const REFERENCE: GoStruct = { id: 'string', name: 'string', username: 'string' }
const COMMON = { id: 'string', tags: 'strings', created_at: 'int' } as const
const HEALTHY: GoStruct = { http_statuses: 'ints', interval: 'int', successes: 'int' }
const UNHEALTHY: GoStruct = {
  http_failures: 'int',
  http_statuses: 'ints',
  tcp_failures: 'int',
  timeouts: 'int',
  interval: 'int',
}

/**
 * The fields that decK knows of each kind of entity, with the type its answer must decode to.
 * Source: the struct tags of Kong/go-kong (service.go, route.go, upstream.go, target.go, plugin.go, credentials.go, …).
 */
export const GO_STRUCTS = {
  services: {
    ...COMMON,
    updated_at: 'int',
    client_certificate: REFERENCE,
    connect_timeout: 'int',
    enabled: 'bool',
    host: 'string',
    name: 'string',
    path: 'string',
    port: 'int',
    protocol: 'string',
    read_timeout: 'int',
    retries: 'int',
    write_timeout: 'int',
    tls_verify: 'bool',
    tls_verify_depth: 'int',
    ca_certificates: 'strings',
  },
  routes: {
    ...COMMON,
    updated_at: 'int',
    hosts: 'strings',
    headers: 'string lists by name',
    name: 'string',
    methods: 'strings',
    paths: 'strings',
    path_handling: 'string',
    preserve_host: 'bool',
    protocols: 'strings',
    regex_priority: 'int',
    service: REFERENCE,
    strip_path: 'bool',
    snis: 'strings',
    https_redirect_status_code: 'int',
    request_buffering: 'bool',
    response_buffering: 'bool',
  },
  upstreams: {
    ...COMMON,
    name: 'string',
    host_header: 'string',
    client_certificate: REFERENCE,
    algorithm: 'string',
    slots: 'int',
    healthchecks: {
      active: {
        concurrency: 'int',
        healthy: HEALTHY,
        http_path: 'string',
        https_sni: 'string',
        https_verify_certificate: 'bool',
        type: 'string',
        timeout: 'int',
        unhealthy: UNHEALTHY,
        headers: 'string lists by name',
      },
      passive: { healthy: HEALTHY, type: 'string', unhealthy: UNHEALTHY },
      threshold: 'float',
    },
    hash_on: 'string',
    hash_fallback: 'string',
    hash_on_header: 'string',
    hash_fallback_header: 'string',
    hash_on_cookie: 'string',
    hash_on_cookie_path: 'string',
    hash_on_query_arg: 'string',
    hash_fallback_query_arg: 'string',
    hash_on_uri_capture: 'string',
    hash_fallback_uri_capture: 'string',
    use_srv_name: 'bool',
  },
  targets: {
    ...COMMON,
    created_at: 'float',
    target: 'string',
    upstream: REFERENCE,
    weight: 'int',
  },
  consumers: { ...COMMON, custom_id: 'string', username: 'string' },
  consumer_groups: { ...COMMON, name: 'string' },
  consumer_group_consumers: {
    consumer: { ...COMMON, custom_id: 'string', username: 'string' },
    consumer_group: REFERENCE,
  },
  acls: { ...COMMON, consumer: REFERENCE, group: 'string' },
  key_auths: { ...COMMON, consumer: REFERENCE, key: 'string', ttl: 'int' },
  basic_auths: { ...COMMON, consumer: REFERENCE, username: 'string', password: 'string' },
  jwts: {
    ...COMMON,
    consumer: REFERENCE,
    algorithm: 'string',
    key: 'string',
    rsa_public_key: 'string',
    secret: 'string',
  },
  certificates: {
    ...COMMON,
    cert: 'string',
    cert_alt: 'string',
    key: 'string',
    key_alt: 'string',
  },
  ca_certificates: { ...COMMON, cert: 'string', cert_digest: 'string' },
  snis: { ...COMMON, name: 'string', certificate: REFERENCE },
  plugins: {
    ...COMMON,
    name: 'string',
    instance_name: 'string',
    route: REFERENCE,
    service: REFERENCE,
    consumer: REFERENCE,
    consumer_group: REFERENCE,
    config: 'any',
    enabled: 'bool',
    protocols: 'strings',
  },
} as const satisfies Record<string, GoStruct>

/**
 * Reads a JSON document into a struct as encoding/json does: unknown fields are ignored, null is nil, and a value of
 * another type ends the program. A number is only an int when it is written as one.
 */
export function decode(struct: GoStruct, document: unknown, where: string): Fields {
  if (!isObject(document)) throw cannotDecode(document, where, 'a struct')
  const decoded: Record<string, unknown> = {}
  for (const [field, type] of Object.entries(struct)) {
    const value = document[field]
    if (value === undefined || value === null) continue
    decoded[field] = decodeValue(type, value, `${where}.${field}`)
  }
  return decoded
}

function decodeValue(type: GoType, value: unknown, where: string): unknown {
  switch (type) {
    case 'any':
      return value
    case 'string':
      return check(typeof value === 'string', value, where, type)
    case 'bool':
      return check(typeof value === 'boolean', value, where, type)
    case 'float':
      return check(typeof value === 'number', value, where, type)
    case 'int':
      return check(Number.isSafeInteger(value), value, where, type)
    case 'strings':
      return list(value, where).map((item) => decodeValue('string', item, where))
    case 'ints':
      return list(value, where).map((item) => decodeValue('int', item, where))
    case 'string lists by name':
      if (!isObject(value)) throw cannotDecode(value, where, type)
      return Object.fromEntries(
        Object.entries(value).map(([name, items]) => [name, decodeValue('strings', items, where)]),
      )
    default:
      return decode(type, value, where)
  }
}

function list(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw cannotDecode(value, where, 'a slice')
  return value
}

function check(isOfType: boolean, value: unknown, where: string, type: string): unknown {
  if (!isOfType) throw cannotDecode(value, where, type)
  return value
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function cannotDecode(value: unknown, where: string, type: string): Error {
  return new Error(`json: cannot unmarshal ${JSON.stringify(value)} into ${where} of type ${type}`)
}
