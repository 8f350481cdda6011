import type { ParsedRequest } from '../../src/model/request.ts'
import type { Route } from '../../src/model/route.ts'

/** A route with Kong's defaults and the given fields. */
export function exampleRoute(fields: Partial<Route> = {}): Route {
  return {
    id: '00000000-0000-4000-8000-000000000000',
    name: null,
    created_at: 1,
    updated_at: 1,
    protocols: ['http', 'https'],
    methods: null,
    hosts: null,
    paths: null,
    headers: null,
    snis: null,
    sources: null,
    destinations: null,
    https_redirect_status_code: 426,
    regex_priority: 0,
    strip_path: true,
    preserve_host: false,
    path_handling: 'v0',
    request_buffering: true,
    response_buffering: true,
    service: null,
    tags: null,
    ...fields,
  }
}

export interface RequestFields extends Partial<Omit<ParsedRequest, 'fields'>> {
  /** Name and value of each field, names lower-case. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

/** A plain GET of `/` with the given fields. */
export function exampleRequest({ headers = [], ...fields }: RequestFields = {}): ParsedRequest {
  return {
    method: 'GET',
    path: '/',
    rawPath: fields.path ?? '/',
    query: '',
    httpVersion: '1.1',
    host: 'example.com',
    port: 80,
    authority: fields.host ?? 'example.com',
    scheme: 'http',
    fields: { names: headers.map(([name]) => name), values: headers.map(([, value]) => value) },
    body: { kind: 'none' },
    peerAddress: '192.0.2.1',
    clientAddress: '192.0.2.1',
    isPeerTrusted: false,
    listenerPort: 8000,
    ...fields,
  }
}
