import type { Route } from '../route.ts'
import type { Service } from '../service.ts'

/** What a route of APISIX is forwarded to that has an upstream and no service. It is not stored. */
export function ownServiceOf({ id, name, created_at, updated_at }: Route, host: string): Service {
  return {
    id,
    created_at,
    updated_at,
    name,
    retries: null,
    protocol: 'http',
    host,
    port: 80,
    path: null,
    connect_timeout: null,
    write_timeout: null,
    read_timeout: null,
    tags: null,
    client_certificate: null,
    tls_verify: null,
    tls_verify_depth: null,
    ca_certificates: null,
    enabled: true,
  }
}
