import { orOff, parseCount, parseSize, parseTimeLimit } from './limit-values.ts'
import { parsedBy } from './parsed-setting.ts'

/** What the names of these settings begin with; in the file they may stand in a section of that name. */
export const LIMITS_SECTION = 'limits'

const KIB = 1024
const MIB = 1024 * KIB

const size = (text: string, most: number, description: string) =>
  parsedBy(parseSize(most)).prefault(text).meta({ description, placeholder: 'size' })

const count = (text: string, least: number, description: string) =>
  parsedBy(parseCount(least, 1_000_000)).prefault(text).meta({ description, placeholder: 'n' })

const percent = (text: string, description: string) =>
  parsedBy(parseCount(50, 100)).prefault(text).meta({ description, placeholder: 'percent' })

const time = (text: string, description: string) =>
  parsedBy(parseTimeLimit).prefault(text).meta({ description, placeholder: 'duration' })

/**
 * How much clients and upstreams may take up. Defaults and what comes when one is hit: reliability.md section 3, and
 * docs/limits.md for operators.
 */
export const LIMIT_SETTINGS = {
  limits_target: size('8KiB', MIB, 'Longest request target (path and query); longer ones get 414.'),
  limits_field_line: size(
    '8KiB',
    MIB,
    'Longest header field, name and value; longer ones get 431.',
  ),
  limits_head: size(
    '32KiB',
    MIB,
    'Longest head, of requests (431) and of answers of upstreams (502).',
  ),
  limits_fields: parsedBy(parseCount(1, 2_000)).prefault('100').meta({
    description: 'Most header fields of a request; more get 431.',
    placeholder: 'n',
  }),
  limits_head_timeout: time('10s', 'For the whole head of a request to come in; then 408.'),
  limits_body_silence: time(
    '60s',
    'How long a client may send nothing of a body, or take nothing of an answer; then 408, or a cut.',
  ),
  limits_body_rate: parsedBy(orOff(parseCount(1, MIB)))
    .prefault('100')
    .meta({
      description: 'Bytes a second that a body must bring on average, or off; slower ones get 408.',
      placeholder: 'n|off',
    }),
  limits_body_rate_window: time('30s', 'What limits_body_rate is averaged over.'),
  limits_idle: time('65s', 'How long a connection is kept between two requests.'),
  limits_idle_under_load: time(
    '5s',
    'The same while three quarters of limits_connections are open, or the process is overloaded.',
  ),
  limits_requests_per_connection: count(
    '10000',
    1,
    'Requests after which a connection is closed (Connection: close).',
  ),
  limits_connections: count(
    '10000',
    1,
    'Most connections of clients, and never more than half of the open files allowed; others are closed at once.',
  ),
  limits_connections_per_address: parsedBy(orOff(parseCount(1, 1_000_000)))
    .prefault('off')
    .meta({
      description:
        'The same for each client address that is not in trusted_ips, or off; others get 429.',
      placeholder: 'n|off',
    }),
  limits_read_ahead: count(
    '10',
    1,
    'Requests of a connection that may wait for the answers before them; more are not read.',
  ),
  limits_upgraded_idle: time('300s', 'How long nothing may pass on a WebSocket.'),
  limits_upgraded_total: parsedBy(orOff(parseTimeLimit)).prefault('off').meta({
    description: 'How long a WebSocket may last, or off; then it is closed with 1012.',
    placeholder: 'duration|off',
  }),
  limits_event_stream_idle: parsedBy(orOff(parseTimeLimit)).prefault('300s').meta({
    description:
      'How long nothing may come on an event stream (text/event-stream); then it is ended. A longer read_timeout holds in its place, and any where this is off.',
    placeholder: 'duration|off',
  }),
  limits_event_stream_total: parsedBy(orOff(parseTimeLimit)).prefault('off').meta({
    description: 'How long an event stream may last, or off; then it is ended.',
    placeholder: 'duration|off',
  }),
  limits_upstream_idle: time(
    '4s',
    'How long an unused connection to a target is kept, unless its Keep-Alive field says otherwise.',
  ),
  limits_upstream_idle_ceiling: time('60s', 'The longest that Keep-Alive may stretch it.'),
  limits_upstream_idle_connections: count('256', 0, 'Most unused connections kept per target.'),
  limits_upstream_requests_per_connection: count(
    '10000',
    1,
    'Requests after which a connection to a target is closed.',
  ),
  limits_event_loop_delay: parsedBy(orOff(parseTimeLimit)).prefault('200ms').meta({
    description:
      'How late the event loop may be (99th percentile, for a second), or off; above it new requests get 503.',
    placeholder: 'duration|off',
  }),
  limits_heap: percent(
    '95',
    'Part of its limit that the heap may take; above it new requests get 503.',
  ),
  limits_heap_keep_alive: percent(
    '90',
    'The same for keeping connections between two requests; above it each answer is the last of its connection.',
  ),
} as const
