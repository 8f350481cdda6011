/** Names of header fields in lower case; one that ends in `-` stands for every name that begins so. */
type FieldFamilies = readonly string[]

/** Hop-by-hop (RFC 9110 section 7.6.1), and Proxy, which is an attack on CGI programs (httpoxy). */
export const HOP_BY_HOP_FIELDS = [
  'keep-alive',
  'proxy-connection',
  'proxy',
  'trailer',
  'upgrade',
  'http2-settings',
] as const satisfies FieldFamilies

/** Fields of a request that the gateway writes itself; a client's own are never believed. */
export const GATEWAY_REQUEST_FIELDS = [
  'x-consumer-',
  'x-credential-',
  'x-anonymous-',
  'x-kong-',
  'kong-',
  'canary-',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-path',
  'x-forwarded-prefix',
  'via',
] as const satisfies FieldFamilies

/** Fields of an answer that the gateway writes itself; an upstream's own are dropped. */
export const GATEWAY_RESPONSE_FIELDS = ['x-kong-', 'kong-'] as const satisfies FieldFamilies

/** Whether a lower-case name is in one of the families. */
export function isInFamilies(name: string, families: FieldFamilies): boolean {
  return families.some((family) =>
    family.endsWith('-') ? name.startsWith(family) : name === family,
  )
}

/**
 * Whether a field, in any case, has a meaning of its own, so that a value of ours in it would break requests or
 * answers: standard fields, and those that the gateway writes, drops or goes by. `_` reads as `-`, as servers behind
 * us may read it. The family `Canary-` is for values such as ours.
 */
export function hasOwnMeaning(name: string): boolean {
  // Not a name that may become a property of an object.
  if (name === '__proto__') return true
  const canonical = name.toLowerCase().replaceAll('_', '-')
  return (
    !isInFamilies(canonical, CANARY_FIELDS) &&
    (isInFamilies(canonical, HOP_BY_HOP_FIELDS) ||
      isInFamilies(canonical, GATEWAY_REQUEST_FIELDS) ||
      isInFamilies(canonical, GATEWAY_RESPONSE_FIELDS) ||
      isInFamilies(canonical, STANDARD_FIELDS))
  )
}

const CANARY_FIELDS = ['canary-'] as const satisfies FieldFamilies

/**
 * Fields in use for requests and answers: the registry of IANA (iana.org/assignments/http-fields) without its
 * obsolete ones, and what browsers, servers and gateways write or obey beside it.
 */
const STANDARD_FIELDS: FieldFamilies = [
  'a-im accept accept- access-control- age allow alt-svc alt-used apikey authentication- authorization baggage',
  'cache-control cache-status cdn- clear-site-data client-cert client-cert-chain connection content- cookie cookie2',
  'critical-ch cross-origin- date dav delta-base depth destination device-memory digest dnt downlink dpop early-data',
  'ect etag expect expires forwarded from front-end-https host http2-settings idempotency-key if if- im',
  'integrity-policy keep-alive last-event-id last-modified link location lock-token max-forwards nel no-vary-search',
  'origin origin-agent-cluster overwrite permissions-policy pragma prefer preference-applied priority proxy-',
  'public-key- purpose range ratelimit ratelimit- referer referrer-policy refresh replay-nonce report-to',
  'reporting-endpoints repr-digest retry-after rtt save-data schedule-reply sec- server server-timing',
  'service-worker service-worker-allowed set-cookie set-cookie2 signature signature- slug soapaction sourcemap',
  'speculation-rules status strict-transport-security sunset surrogate- te timeout timing-allow-origin trace-',
  'traceparent tracestate tk transfer-encoding upgrade- uri user-agent vary viewport-width want- warning',
  'www-authenticate',
  'x-accel- x-amzn- x-api-key x-auth-token x-b3- x-cache x-client-ip x-cluster-client-ip x-content-type-options',
  'x-correlation-id x-csrf-token x-dns-prefetch-control x-download-options x-forwarded x-forwarded- x-frame-options',
  'x-http-method x-http-method-override x-method-override x-original- x-permitted-cross-domain-policies',
  'x-powered-by x-ratelimit- x-real-ip x-request-id x-requested-with x-rewrite-url x-robots-tag x-runtime x-sendfile',
  'x-trace-id x-ua-compatible x-xss-protection x-xsrf-token',
]
  .join(' ')
  .split(' ')
