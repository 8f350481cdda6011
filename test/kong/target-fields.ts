import { type Area, post } from './conformance.ts'
import {
  type FieldCase,
  PORT_RANGE,
  refused,
  type Table,
  type TakenCase,
  taken,
} from './field-tables.ts'
import { SPEC } from './sources.ts'

const TARGETS: Table = {
  name: 'target',
  path: '/upstreams/blue/targets',
  source: SPEC.targetSchema,
  base: { target: '10.0.0.1:80' },
  given: [post('/upstreams', { name: 'blue' })],
}

const TARGET_REFUSED: readonly FieldCase[] = [
  ['missing', { target: undefined }, 'target', 'required field missing'],
  ['type', { target: 5 }, 'target', 'expected a string'],
  [
    'invalid',
    { target: '\\\\bad\\\\////name////' },
    'target',
    "Invalid target ('\\\\bad\\\\////name////'); not a valid hostname or ip address",
  ],
  [
    'bad-port',
    { target: '1.2.3.4:5678910' },
    'target',
    "Invalid target ('1.2.3.4:5678910'); not a valid hostname or ip address",
  ],
  [
    'bad-ipv6',
    { target: '[::1' },
    'target',
    "Invalid target ('[::1'); not a valid hostname or ip address",
  ],
  ['weight-low', { weight: -10 }, 'weight', PORT_RANGE],
  ['weight-high', { weight: 65536 }, 'weight', PORT_RANGE],
  ['weight-type', { weight: '10' }, 'weight', 'expected an integer'],
]

const TARGET_TAKEN: readonly TakenCase[] = [
  ['port-default', { target: 'a.test' }, { target: 'a.test:8000' }],
  ['ipv4-default', { target: '127.0.0.1' }, { target: '127.0.0.1:8000' }],
  ['ipv4-port', { target: '1.2.3.4:99' }, { target: '1.2.3.4:99' }],
  ['ipv6', { target: '[::1]:80' }, { target: '[0000:0000:0000:0000:0000:0000:0000:0001]:80' }],
  ['ipv6-bare', { target: '::1' }, { target: '[0000:0000:0000:0000:0000:0000:0000:0001]:8000' }],
  ['weight-0', { weight: 0 }],
  ['weight-65535', { weight: 65535 }],
  ['tags', { tags: ['x'] }],
]

/** Fields of a target: rules, defaults and messages. */
export const TARGET_FIELDS: Area = {
  name: 'target-fields',
  title: 'Admin API: fields of a target',
  rows: [...refused(TARGETS, TARGET_REFUSED), ...taken(TARGETS, TARGET_TAKEN)],
}
