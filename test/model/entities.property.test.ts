import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENTITY_DEFINITIONS, ENTITY_KINDS } from '../../src/model/entities.ts'
import type { EntityKind } from '../../src/model/entity.ts'
import { GatewayError } from '../../src/model/errors.ts'
import { mergeEntity } from '../../src/model/merge.ts'
import { entityShape } from '../../src/model/schema-shape.ts'
import { parseEntity } from '../../src/model/validate.ts'
import { PEM } from '../support/pem.ts'
import { parse } from './entity-input.ts'

const name = fc.stringMatching(/^[a-z][a-z0-9_~.-]{0,12}$/)
const ipV4 = fc.ipV4().map((address) => address.replace(/^\d+/, '10'))
/** Neither `::…` nor `f…`, where the addresses are that no request may go to. */
const ipV6 = fc.ipV6().filter((address) => /^[1-9]/.test(address))
const host = fc.oneof(
  fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{1,5})?$/),
  ipV4,
  ipV6,
)
const words = fc.array(name, { minLength: 1, maxLength: 3 })
const reference = fc.uuid().map((id) => ({ id }))
const path = fc.array(fc.stringMatching(/^[a-z0-9_]{1,6}$/)).map((parts) => `/${parts.join('/')}`)
const tags = fc.option(words)
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(
  fields: T,
  always: (keyof T & string)[],
) => fc.record(fields, { requiredKeys: always }) as fc.Arbitrary<object>

const VALID: Record<EntityKind, fc.Arbitrary<object>> = {
  plugin_configs: some(
    { plugins: fc.constant([{ name: 'acl', config: { allow: ['a'] }, enabled: true }]), tags },
    [],
  ),
  services: fc.oneof(
    some({ host, name, port: fc.nat(65535), retries: fc.nat(32767), path, tags }, ['host']),
    path.map((rest) => ({ url: `https://example.com:8443${rest}` })),
  ),
  routes: fc.oneof(
    some(
      {
        paths: fc.array(path, { minLength: 1 }),
        methods: fc.subarray(['GET', 'POST', 'PUT']),
        headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), words),
        service: fc.option(reference),
        protocols: fc.subarray(['http', 'https'], { minLength: 1 }),
        regex_priority: fc.integer(),
        tags,
      },
      ['paths'],
    ),
    some(
      {
        apisix: some(
          {
            uris: fc.uniqueArray(path, { minLength: 1 }),
            priority: fc.integer(),
            vars: fc.option(fc.constant([['http_x', '==', 'a']])),
            remote_addrs: fc.option(fc.uniqueArray(ipV4, { minLength: 1 })),
          },
          ['uris'],
        ),
        service: fc.option(reference),
      },
      ['apisix'],
    ),
  ),
  upstreams: some(
    {
      name: fc.stringMatching(/^[a-z]{1,9}\.internal$/),
      hash_on: fc.constantFrom('none', 'consumer', 'ip', 'path'),
      slots: fc.integer({ min: 10, max: 65536 }),
      healthchecks: some({ threshold: fc.integer({ min: 0, max: 100 }) }, []),
      tags,
    },
    ['name'],
  ),
  targets: fc.tuple(ipV6, host, fc.nat(65535), fc.boolean()).chain(([v6, plain, port, isV6]) =>
    some(
      {
        upstream: reference,
        target: fc.constant(isV6 ? `[${v6}]:${port}` : plain),
        weight: fc.nat(65535),
      },
      ['upstream', 'target'],
    ),
  ),
  consumers: some({ username: fc.stringMatching(/^[ -~]{1,20}$/), custom_id: name, tags }, [
    'username',
  ]),
  acls: some({ consumer: reference, group: name, tags }, ['consumer', 'group']),
  keyauth_credentials: some({ consumer: reference, key: name, ttl: fc.option(fc.nat(100000000)) }, [
    'consumer',
    'key',
  ]),
  basicauth_credentials: some(
    {
      consumer: reference,
      username: fc.stringMatching(/^[ -9;-~]{1,20}$/),
      password: fc.string({ minLength: 1 }),
      tags,
    },
    ['consumer', 'username', 'password'],
  ),
  jwt_secrets: some(
    {
      consumer: reference,
      key: name,
      secret: name,
      algorithm: fc.constantFrom('HS256', 'HS384', 'HS512'),
      tags,
    },
    ['consumer', 'key', 'secret'],
  ),
  consumer_groups: some({ name: fc.stringMatching(/^[ -~]{1,20}$/), tags }, ['name']),
  consumer_group_consumers: some({ consumer: reference, consumer_group: reference }, [
    'consumer',
    'consumer_group',
  ]),
  certificates: fc.constantFrom(
    PEM.other,
    { ...PEM.shop, cert_alt: PEM.shopEc.cert, key_alt: PEM.shopEc.key },
    { ...PEM.shop, cert: PEM.shop.cert + PEM.rootCa, tags: ['a'] },
  ),
  ca_certificates: fc.constantFrom({ cert: PEM.rootCa }, { cert: PEM.otherRootCa, tags: ['a'] }),
  snis: some(
    {
      certificate: reference,
      name: fc
        .stringMatching(/^[a-z][a-z0-9-]{0,5}[a-z0-9](\.[a-z]{2,5}){1,2}$/)
        .chain((host) => fc.constantFrom(host, `*.${host}`, `${host}.*`)),
      tags,
    },
    ['certificate', 'name'],
  ),
  plugins: fc.oneof(
    some(
      {
        name: fc.constant('canary'),
        config: some(
          {
            upstream_host: host,
            percentage: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
            steps: fc.integer({ min: 1, max: 2 ** 32 }),
            groups: fc.option(words),
            hash: fc.constantFrom('consumer', 'ip', 'none'),
          },
          ['upstream_host'],
        ),
        service: fc.option(reference),
      },
      ['name', 'config'],
    ),
    some({ name: fc.constant('key-auth'), enabled: fc.boolean() }, ['name']),
    some({ name: fc.constant('acl'), config: words.map((deny) => ({ deny })) }, ['name', 'config']),
  ),
}

describe.each(ENTITY_KINDS)('every valid entity of %s', (kind) => {
  test('is the same after being written as JSON and read again', () => {
    fc.assert(
      fc.property(VALID[kind], (fields) => {
        const entity = parse(kind, fields)
        expect(parseEntity(kind, JSON.parse(JSON.stringify(entity)))).toEqual(entity)
      }),
    )
  })

  test('has every field of its schema and no other, but that beyond Kong only where it is given', () => {
    fc.assert(
      fc.property(VALID[kind], (fields) => {
        const known = [...entityShape(kind).fields.keys()]
        const shown = known.filter((name) => name !== 'apisix' || Object.hasOwn(fields, name))
        expect(Object.keys(parse(kind, fields)).sort()).toEqual(shown.sort())
      }),
    )
  })

  test('is unchanged by an empty PATCH and by a PATCH with itself', () => {
    fc.assert(
      fc.property(VALID[kind], (fields) => {
        const entity = parse(kind, fields)
        expect(mergeEntity(kind, entity, {})).toEqual(entity)
        const itself = mergeEntity(kind, entity, entity as unknown as Record<string, unknown>)
        expect(parseEntity(kind, itself, { isUpdate: true })).toEqual(entity)
      }),
    )
  })

  test('has shorthands that expand once and for all', () => {
    const expand = ENTITY_DEFINITIONS[kind].expandShorthands ?? ((input) => input)
    fc.assert(
      fc.property(VALID[kind], (fields) => {
        const once = expand({ ...fields })
        expect(expand(once)).toEqual(once)
      }),
    )
  })
})

describe.each(ENTITY_KINDS)('any input for %s', (kind) => {
  test('is parsed or refused with reasons, never anything else', () => {
    const fields = [...entityShape(kind).fields.keys()]
    const values = fc.oneof(fc.jsonValue(), VALID[kind])
    const input = fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), values)
    fc.assert(
      fc.property(input, (given) => {
        try {
          parse(kind, given)
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
          expect((error as GatewayError).details.length).toBeGreaterThan(0)
          for (const { message } of (error as GatewayError).details) {
            expect(message).not.toMatch(/invalid input|undefined|NaN|\[object/i)
          }
        }
      }),
    )
  })
})
