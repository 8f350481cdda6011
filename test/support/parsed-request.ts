import type { ParsedRequest } from '../../src/model/request.ts'

interface RequestParts extends Partial<Omit<ParsedRequest, 'fields'>> {
  /** Name and value of each field, in order; names in any case. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
}

/** A parsed GET of `/` on loopback, with what a test wants to be otherwise. */
export function parsedRequest({ headers = [], ...parts }: RequestParts = {}): ParsedRequest {
  return {
    method: 'GET',
    path: '/',
    rawPath: '/',
    query: '',
    httpVersion: '1.1',
    host: 'localhost',
    port: 80,
    authority: 'localhost',
    scheme: 'http',
    body: { kind: 'none' },
    peerAddress: '127.0.0.1',
    clientAddress: '127.0.0.1',
    isPeerTrusted: false,
    listenerPort: 8000,
    ...parts,
    fields: {
      names: headers.map(([name]) => name.toLowerCase()),
      values: headers.map(([, value]) => value),
    },
  }
}
