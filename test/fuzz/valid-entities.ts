import fc from 'fast-check'
import { PEM } from '../support/pem.ts'
import type { FuzzedKind } from './endpoints.ts'
import { plugin } from './valid-plugins.ts'
import { route, service, target, upstream } from './valid-traffic.ts'
import { type Document, hostName, reference, some, tags, text } from './valid-values.ts'

/** A text that a password's hash could be, so that most runs need not hash one. */
const passwordHash = fc
  .uint8Array({ minLength: 48, maxLength: 48 })
  .map((bytes) => Buffer.from(bytes))
  .map((bytes) => {
    const [salt, hash] = [bytes.subarray(0, 16), bytes.subarray(16)].map((part) =>
      part.toString('base64').replaceAll('=', ''),
    )
    return `$scrypt$ln=13,r=8,p=1$${salt}$${hash}`
  })

const sniName = hostName.chain((value) => fc.constantFrom(value, `*.${value}`, `${value}.*`))

/** Documents that POST accepts, for each kind, together using every field that there is. */
export const VALID: { readonly [K in FuzzedKind]: fc.Arbitrary<Document> } = {
  services: service,
  routes: route,
  upstreams: upstream,
  targets: target,
  plugins: plugin,
  consumers: fc.oneof(
    some({ username: text, custom_id: fc.option(text), tags }, ['username']),
    some({ username: fc.option(text), custom_id: text, tags }, ['custom_id']),
  ),
  consumer_groups: some({ name: text, tags }, ['name']),
  acls: some({ group: text, tags }, ['group']),
  keyauth_credentials: some(
    { consumer: reference('consumers'), key: text, ttl: fc.option(fc.nat(100000000)), tags },
    ['consumer', 'key'],
  ),
  basicauth_credentials: some(
    {
      consumer: reference('consumers'),
      username: text.filter((value) => !value.includes(':')),
      password: passwordHash,
      tags,
    },
    ['consumer', 'username', 'password'],
  ),
  jwt_secrets: some(
    {
      consumer: reference('consumers'),
      key: text,
      secret: text,
      algorithm: fc.constantFrom('HS256', 'HS384', 'HS512'),
      tags,
    },
    ['consumer', 'key', 'secret'],
  ),
  certificates: fc
    .tuple(
      fc.constantFrom<Document>(
        PEM.shop,
        PEM.other,
        { ...PEM.shop, cert_alt: PEM.shopEc.cert, key_alt: PEM.shopEc.key },
        { ...PEM.shop, cert: PEM.shop.cert + PEM.rootCa },
      ),
      some({ tags, snis: fc.uniqueArray(sniName, { maxLength: 2 }) }),
    )
    .map(([pair, rest]) => ({ ...pair, ...rest })),
  ca_certificates: some({ cert: fc.constant(PEM.otherRootCa), tags }, ['cert']),
  snis: some({ name: sniName, certificate: reference('certificates'), tags }, [
    'name',
    'certificate',
  ]),
}
