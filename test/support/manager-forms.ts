/** The general form of a service sends every field, null where it is empty. */
export const SERVICE_FORM = {
  name: 'cart',
  tags: null,
  read_timeout: 60000,
  retries: 5,
  connect_timeout: 60000,
  ca_certificates: null,
  client_certificate: null,
  write_timeout: 60000,
}

/** The form of a route. */
export const ROUTE_FORM = {
  name: 'cart-all',
  tags: [],
  protocols: ['http', 'https'],
  methods: null,
  hosts: ['cart.test'],
  paths: ['/cart'],
  headers: { 'x-region': ['north'] },
  snis: null,
  sources: null,
  destinations: null,
  regex_priority: 0,
  path_handling: 'v0',
  strip_path: true,
  preserve_host: false,
  https_redirect_status_code: 426,
  request_buffering: true,
  response_buffering: true,
}

/** The form of an upstream with its health checks. */
export const UPSTREAM_FORM = {
  name: 'green.internal',
  slots: 10000,
  algorithm: 'round-robin',
  hash_on: 'none',
  hash_fallback: 'none',
  hash_on_cookie_path: '/',
  host_header: null,
  client_certificate: null,
  tags: [],
  healthchecks: {
    threshold: 0,
    active: {
      type: 'http',
      timeout: 1,
      concurrency: 10,
      http_path: '/',
      https_sni: null,
      https_verify_certificate: true,
      healthy: { interval: 0, successes: 0, http_statuses: [200, 302] },
      unhealthy: { interval: 0, tcp_failures: 0, http_failures: 0, timeouts: 0 },
    },
  },
}

/** The form of a target, which names its upstream as the path does. */
export function targetForm(upstream: string): object {
  return { target: '10.0.0.2:8080', weight: 50, tags: [], upstream: { id: upstream } }
}

/** The form of a canary plugin of a service. */
export function pluginForm(service: string): object {
  return {
    name: 'canary',
    instance_name: null,
    enabled: true,
    protocols: ['grpc', 'grpcs', 'http', 'https'],
    tags: [],
    service: { id: service },
    route: null,
    consumer: null,
    config: { percentage: 10, upstream_host: 'green.internal', hash: 'consumer', groups: null },
  }
}
