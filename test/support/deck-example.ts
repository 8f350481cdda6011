import { X509Certificate } from 'node:crypto'
import type { ConsumerEntry, DeckFile, RouteEntry, ServiceEntry } from './deck-file.ts'
import type { Fields } from './deck-structs.ts'
import { PEM } from './pem.ts'

const CERTIFICATE_ID = '5d0f6a3e-9a6b-4f0a-8a53-2f2c6d1a7b10'
const CA_ID = '2b0f9a58-4c0e-4a0c-9d5c-0c1c0c5b7e21'

/** 500 entities of every kind that decK manages here, written as a person would: with few fields set. */
export const EXAMPLE_FILE: DeckFile = {
  certificates: [
    { id: CERTIFICATE_ID, ...PEM.shop, snis: snis('shop') },
    { ...PEM.other, tags: ['spare'], snis: snis('other') },
  ],
  ca_certificates: [
    { id: CA_ID, ...authority(PEM.rootCa) },
    { ...authority(PEM.otherRootCa), tags: ['old'] },
  ],
  services: count(60, service),
  upstreams: count(30, (n) => ({ ...upstream(n), targets: targets(n) })),
  consumer_groups: count(6, (n) => ({ name: `plan-${n}`, ...(n < 2 ? { tags: ['old'] } : {}) })),
  consumers: count(60, consumer),
  plugins: [
    { name: 'acl', route: 'route-29-0', config: { deny: ['blocked'] }, tags: ['guard'] },
    { name: 'key-auth', service: 'service-40', enabled: false },
  ],
}

/** The same with 50 entities changed, some of every kind. */
export const CHANGED_FILE: DeckFile = {
  ...EXAMPLE_FILE,
  certificates: changed(EXAMPLE_FILE.certificates, 0, 1, (certificate) => ({
    ...certificate,
    tags: ['renewed'],
    snis: changed(certificate.snis, 1, 1, (sni) => ({ ...sni, tags: ['main'] })),
  })),
  services: changed(EXAMPLE_FILE.services, 20, 10, (fields, n) => ({
    ...fields,
    port: 9000 + n,
    routes: changed(fields.routes, 0, 1, (route) => ({ ...route, paths: [`/moved-${n}`] })),
  })).map((entry, n) =>
    n >= 3
      ? entry
      : { ...entry, plugins: changed(entry.plugins, 0, 1, (plugin) => withShare(plugin, 75)) },
  ),
  upstreams: changed(EXAMPLE_FILE.upstreams, 0, 8, (fields, n) => ({
    ...fields,
    ...(n < 4 ? { slots: 1000 } : {}),
    targets: changed(fields.targets, 0, 1, (target) => ({ ...target, weight: 0 })),
  })),
  consumer_groups: changed(EXAMPLE_FILE.consumer_groups, 1, 1, (group) => ({
    ...group,
    tags: ['free'],
  })),
  consumers: changed(EXAMPLE_FILE.consumers, 50, 4, withoutCustomId).map((entry, n) => ({
    ...entry,
    acls: n < 2 ? tagged(entry.acls) : entry.acls,
    keyauth_credentials: n < 3 ? tagged(entry.keyauth_credentials) : entry.keyauth_credentials,
    basicauth_credentials:
      n < 1 ? tagged(entry.basicauth_credentials) : entry.basicauth_credentials,
    jwt_secrets:
      n < 2 ? entry.jwt_secrets.map((jwt) => ({ ...jwt, algorithm: 'HS512' })) : entry.jwt_secrets,
  })),
}

/** The changed file with 30 entities taken out. */
export const REDUCED_FILE: DeckFile = {
  ...CHANGED_FILE,
  certificates: CHANGED_FILE.certificates.map((certificate, n) => ({
    ...certificate,
    snis: n === 1 ? certificate.snis.slice(1) : certificate.snis,
  })),
  services: CHANGED_FILE.services.map((entry, n) => ({
    ...entry,
    routes: n >= 50 && n < 54 ? [] : entry.routes,
    plugins: n >= 9 && n < 12 ? [] : entry.plugins,
  })),
  upstreams: CHANGED_FILE.upstreams.map((entry, n) => ({
    ...entry,
    targets: n < 6 ? entry.targets.slice(0, -1) : entry.targets,
  })),
  consumers: CHANGED_FILE.consumers.slice(0, 59).map((entry, n) => ({
    ...entry,
    acls: n >= 10 && n < 14 ? [] : entry.acls,
    keyauth_credentials: n >= 20 && n < 23 ? [] : entry.keyauth_credentials,
    basicauth_credentials: n === 5 ? [] : entry.basicauth_credentials,
    jwt_secrets: n >= 18 && n < 20 ? [] : entry.jwt_secrets,
    groups: n < 2 ? [] : entry.groups,
  })),
}

/** Every second service has two routes; the first twelve release a canary. */
function service(n: number): ServiceEntry {
  const isSecure = n % 10 === 0
  return {
    name: `service-${n}`,
    host: n < 30 ? `upstream-${n}.internal` : `host-${n}.test`,
    ...(isSecure ? { protocol: 'https', port: 443, tls_verify: true } : {}),
    ...(n === 0
      ? {
          client_certificate: { id: CERTIFICATE_ID },
          ca_certificates: [CA_ID],
          tls_verify_depth: 2,
        }
      : {}),
    ...(n % 3 === 0 ? { path: `/base/${n}`, tags: ['team-b', 'team-a'] } : {}),
    ...(n % 7 === 0 ? { connect_timeout: 1500, retries: 0, enabled: false } : {}),
    routes: count(n % 2 === 0 ? 2 : 1, (m) => route(n, m)),
    plugins: n < 12 ? [canary(n)] : [],
  }
}

function route(n: number, m: number): RouteEntry {
  return {
    name: `route-${n}-${m}`,
    paths: m === 0 ? [`/api/${n}`, `~/v(?<major>\\d+)/${n}$`] : [`/${n}`],
    ...(n % 4 === 0 ? { methods: ['POST', 'GET'], protocols: ['https', 'http'] } : {}),
    ...(n % 5 === 0 ? { hosts: [`b-${n}.test`, `*.a-${n}.test`], preserve_host: true } : {}),
    ...(n % 6 === 0 ? { headers: { 'x-region': ['north', 'south'], 'x-plan': ['a'] } } : {}),
    ...(n % 9 === 0 ? { protocols: ['https'], snis: [`sni-${n}.test`], strip_path: false } : {}),
    ...(n % 8 === 0 ? { tags: ['edge'], https_redirect_status_code: 308, regex_priority: 7 } : {}),
    plugins: m === 0 ? routePlugins(n) : [],
  }
}

function routePlugins(n: number): readonly Fields[] {
  if (n >= 12 && n < 19) return [{ name: 'key-auth', config: { key_names: ['x-key', 'apikey'] } }]
  if (n >= 24 && n < 29) return [{ name: 'acl', config: { allow: ['staff', 'beta'] } }]
  return []
}

/** Each kind of release in turn; a timed one without a start keeps it null. */
function canary(n: number): Fields {
  const upstream_host = `next-${n}.test`
  const configs: readonly Fields[] = [
    { upstream_host, percentage: 10 + n },
    { upstream_host, duration: 7200.5, steps: 100 },
    { upstream_host, hash: 'allow', groups: ['staff', 'beta'] },
    { upstream_port: 8080, hash: 'header', hash_header: 'X-Session', salt: `release-${n}` },
  ]
  return {
    name: 'canary',
    config: n < 3 ? configs[0] : configs[n % configs.length],
    ...(n === 5 ? { protocols: ['https', 'http'], instance_name: 'canary-five' } : {}),
    ...(n === 6 ? { tags: ['release'], enabled: false } : {}),
  }
}

function withShare(plugin: Fields, percentage: number): Fields {
  return { ...plugin, config: { ...(plugin.config as Fields), percentage } }
}

function upstream(n: number): Fields {
  const name = `upstream-${n}.internal`
  if (n % 5 === 1) {
    const active = { http_path: '/up', healthy: { interval: 5, successes: 2 } }
    return { name, healthchecks: { active, threshold: 12.5 }, host_header: `h-${n}.test` }
  }
  if (n % 5 === 2) {
    return { name, algorithm: 'consistent-hashing', hash_on: 'header', hash_on_header: 'X-User' }
  }
  if (n % 5 === 3) return { name, algorithm: 'least-connections', slots: 20000, tags: ['lc'] }
  return { name }
}

function targets(n: number): readonly Fields[] {
  return count(n < 18 ? 3 : 2, (m) => {
    if (m === 0) return { target: `10.0.${n}.${m}:8080`, weight: 1000 }
    if (m === 1) return { target: `node-${n}.test:443`, tags: ['b', 'a'] }
    return { target: `[2001:0db8:0000:0000:0000:0000:0000:00${10 + n}]:8000` }
  })
}

function consumer(n: number): ConsumerEntry {
  return {
    username: `user ${n} ü`,
    ...(n >= 50 ? { custom_id: `crm-${n}` } : {}),
    ...(n % 4 === 0 ? { tags: ['b', 'a'] } : {}),
    acls: [{ group: n % 2 === 0 ? 'staff' : 'beta' }],
    keyauth_credentials: n < 40 ? [{ key: `key-${n}`, ...(n % 5 === 0 ? { ttl: 3600 } : {}) }] : [],
    basicauth_credentials: n < 6 ? [{ username: `login-${n}`, password: `secret ${n}` }] : [],
    jwt_secrets: n < 20 ? [{ key: `iss-${n}`, secret: `s-${n}`, algorithm: 'HS256' }] : [],
    groups: n < 12 ? [{ name: `plan-${n % 6}` }] : [],
  }
}

/** What a file leaves out is taken away. */
function withoutCustomId({ custom_id: _, ...entry }: ConsumerEntry): ConsumerEntry {
  return entry as ConsumerEntry
}

/** A dump writes the digest too, and decK compares it. */
function authority(cert: string): Fields {
  const { fingerprint256 } = new X509Certificate(cert)
  return { cert, cert_digest: fingerprint256.replaceAll(':', '').toLowerCase() }
}

function snis(name: string): readonly Fields[] {
  return [`${name}.test`, `www.${name}.test`, `*.${name}.example`, `${name}.*`].map((sni) => ({
    name: sni,
  }))
}

function tagged(entries: readonly Fields[]): readonly Fields[] {
  return entries.map((entry) => ({ ...entry, tags: ['changed'] }))
}

function count<T>(length: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length }, (_, n) => make(n))
}

/** The list with `length` of its entries changed, from `start` on. */
function changed<T>(
  list: readonly T[],
  start: number,
  length: number,
  change: (entry: T, n: number) => T,
): readonly T[] {
  return list.map((entry, n) => (n >= start && n < start + length ? change(entry, n) : entry))
}
