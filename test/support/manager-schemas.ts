import { expect } from 'vitest'
import type { ManagerCall } from './manager-calls.ts'
import { pluginForm, targetForm, UPSTREAM_FORM } from './manager-forms.ts'

const VALID = { message: 'schema validation successful' }

/** Fields of every schema are a list of objects of one key, which the forms merge into one. */
const SCHEMA = {
  fields: expect.arrayContaining([{ id: expect.objectContaining({ type: 'string' }) }]),
}

/** Schemas that forms are built from, and validation before a form is sent. */
export const SCHEMAS: readonly ManagerCall[] = [
  ...['acls', 'basicauth_credentials', 'keyauth_credentials', 'jwt_secrets'].map(
    (name): ManagerCall => ({
      title: `builds the form of a credential from the schema of ${name}`,
      method: 'GET',
      path: () => `/schemas/${name}`,
      status: 200,
      answer: SCHEMA,
    }),
  ),
  ...['key-auth', 'acl', 'request-size-limiting', 'traffic-split', 'canary'].map(
    (name): ManagerCall => ({
      title: `builds the form of a plugin from the schema of ${name}`,
      method: 'GET',
      path: () => `/schemas/plugins/${name}`,
      status: 200,
      answer: {
        fields: expect.arrayContaining([
          { config: expect.objectContaining({ type: 'record', fields: expect.any(Array) }) },
          { protocols: expect.objectContaining({ type: 'set', default: expect.any(Array) }) },
        ]),
      },
    }),
  ),
  {
    title: 'has a consumer validated',
    method: 'POST',
    path: () => '/schemas/consumers/validate',
    body: () => ({ username: 'ben', custom_id: null, tags: [] }),
    status: 200,
    answer: VALID,
  },
  {
    title: 'has an upstream validated',
    method: 'POST',
    path: () => '/schemas/upstreams/validate',
    body: () => UPSTREAM_FORM,
    status: 200,
    answer: VALID,
  },
  {
    title: 'has a target validated',
    method: 'POST',
    path: () => '/schemas/targets/validate',
    body: ({ upstream }) => targetForm(upstream),
    status: 200,
    answer: VALID,
  },
  {
    title: 'has a plugin validated',
    method: 'POST',
    path: () => '/schemas/plugins/validate',
    body: ({ service }) => pluginForm(service),
    status: 200,
    answer: VALID,
  },
  {
    title: 'has a credential validated',
    method: 'POST',
    path: () => '/schemas/keyauth_credentials/validate',
    body: ({ consumer }) => ({ key: 'k-2', consumer: { id: consumer } }),
    status: 200,
    answer: VALID,
  },
  {
    title: 'is told what is wrong with a plugin, field by field',
    method: 'POST',
    path: () => '/schemas/plugins/validate',
    body: () => ({ name: 'canary', config: { upstream_host: 'b.test', percentage: 101 } }),
    status: 400,
    answer: {
      message: 'schema violation (config.percentage: value should be between 0 and 100)',
      fields: { config: { percentage: 'value should be between 0 and 100' } },
    },
  },
]
