const ADMIN = 'spec/02-integration/04-admin_api'
const SCHEMA = 'spec/01-unit/01-db/01-schema'
const PROXY = 'spec/02-integration/05-proxy'
const PLUGINS = 'spec/03-plugins'

/**
 * What Kong's own repository (Kong Gateway 3.9, Apache 2.0) asserts and where, and the public documents of Kong that
 * say the rest. Facts are restated from them; no text and no code is taken over.
 */
export const SPEC = {
  adminGeneral: `${ADMIN}/01-admin_api_spec.lua`,
  kongRoutes: `${ADMIN}/02-kong_routes_spec.lua`,
  consumers: `${ADMIN}/03-consumers_routes_spec.lua`,
  plugins: `${ADMIN}/04-plugins_routes_spec.lua`,
  certificates: `${ADMIN}/06-certificates_routes_spec.lua`,
  upstreams: `${ADMIN}/07-upstreams_routes_spec.lua`,
  targets: `${ADMIN}/08-targets_routes_spec.lua`,
  routes: `${ADMIN}/09-routes_routes_spec.lua`,
  services: `${ADMIN}/10-services_routes_spec.lua`,
  caCertificates: `${ADMIN}/16-ca_certificates_routes_spec.lua`,
  cors: `${ADMIN}/23-cors_spec.lua`,
  schema: `${SCHEMA}/01-schema_spec.lua`,
  serviceSchema: `${SCHEMA}/05-services_spec.lua`,
  routeSchema: `${SCHEMA}/06-routes_spec.lua`,
  pluginSchema: `${SCHEMA}/07-plugins_spec.lua`,
  targetSchema: `${SCHEMA}/08-targets_spec.lua`,
  upstreamSchema: `${SCHEMA}/09-upstreams_spec.lua`,
  sniSchema: `${SCHEMA}/11-snis_spec.lua`,
  consumerSchema: `${SCHEMA}/14-consumers_spec.lua`,
  errors: 'spec/01-unit/01-db/02-db-errors_spec.lua',
  router: 'spec/01-unit/08-router_spec.lua',
  pathHandling: 'spec/fixtures/router_path_handling_tests.lua',
  routing: `${PROXY}/02-router_spec.lua`,
  realIp: `${PROXY}/02-real_ip_spec.lua`,
  upstreamHeaders: `${PROXY}/03-upstream_headers_spec.lua`,
  uriEncoding: `${PROXY}/07-uri_encoding_spec.lua`,
  ringBalancer: `${PROXY}/10-balancer/01-ring-balancer_spec.lua`,
  consistentHashing: `${PROXY}/10-balancer/03-consistent-hashing_spec.lua`,
  roundRobin: `${PROXY}/10-balancer/04-round-robin_spec.lua`,
  errorType: `${PROXY}/12-error_default_type_spec.lua`,
  errorHandlers: `${PROXY}/13-error_handlers_spec.lua`,
  serverTokens: `${PROXY}/14-server_tokens_spec.lua`,
  serviceless: `${PROXY}/20-serviceless_proxying_spec.lua`,
  requestId: `${PROXY}/33-request-id-header_spec.lua`,
  via: `${PROXY}/35-via_spec.lua`,
  keyAuthApi: `${PLUGINS}/09-key-auth/01-api_spec.lua`,
  keyAuthAccess: `${PLUGINS}/09-key-auth/02-access_spec.lua`,
  basicAuthApi: `${PLUGINS}/10-basic-auth/02-api_spec.lua`,
  jwtApi: `${PLUGINS}/16-jwt/02-api_spec.lua`,
  aclApi: `${PLUGINS}/18-acl/01-api_spec.lua`,
  aclAccess: `${PLUGINS}/18-acl/02-access_spec.lua`,
} as const

export const DOC = {
  adminApi: 'Kong docs: Admin API',
  service: 'Kong docs: Service entity',
  route: 'Kong docs: Route entity',
  upstream: 'Kong docs: Upstream entity',
  target: 'Kong docs: Target entity',
  consumer: 'Kong docs: Consumer entity',
  plugin: 'Kong docs: Plugin entity',
  certificate: 'Kong docs: Certificate entity',
  consumerGroup: 'Kong docs: Consumer Group entity',
  tags: 'Kong docs: Tags',
  canary: 'Kong docs: Canary Release plugin',
  keyAuth: 'Kong docs: Key Authentication plugin',
  basicAuth: 'Kong docs: Basic Authentication plugin',
  jwt: 'Kong docs: JWT plugin',
  acl: 'Kong docs: ACL plugin',
  proxy: 'Kong docs: Proxying reference',
  loadBalancing: 'Kong docs: Load balancing',
  configuration: 'Kong docs: Configuration reference',
  deck: 'Kong docs: decK',
} as const
