/** How many different requests the load sends in turn. */
export const HEAD_COUNT = 1_000

/** Path of the n-th request: one of as many routes where there are that many. */
export function pathOf(n: number): string {
  return `/api/r${String(n).padStart(5, '0')}`
}

/** Key of the n-th consumer. */
export function keyOf(n: number): string {
  return `key-${String(n).padStart(6, '0')}`
}

/** The same requests for every contestant, unless it asks for a key. */
export function requestHeads(options: { readonly hasKey: boolean } = { hasKey: false }): string[] {
  return Array.from({ length: HEAD_COUNT }, (_, n) =>
    [
      `GET ${pathOf(n)}/items HTTP/1.1`,
      'Host: bench.example',
      'User-Agent: bench',
      'Accept: */*',
      `X-User: user-${n}`,
      ...(options.hasKey ? [`apikey: ${keyOf(n)}`] : []),
      '',
      '',
    ].join('\r\n'),
  )
}
