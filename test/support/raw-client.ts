import net from 'node:net'

/** All that came back on one connection. */
export interface RawAnswer {
  readonly text: string
  /** The other side closed or reset the connection. */
  readonly isClosed: boolean
}

/**
 * Sends bytes (latin1) on a fresh connection and collects the answer until the other side closes, until `until`
 * says that it has all, or until nothing came for `quietMs`.
 */
export function sendRaw(
  port: number,
  bytes: string | Buffer,
  {
    until = () => false,
    quietMs = 5_000,
  }: { until?: (text: string) => boolean; quietMs?: number } = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    let text = ''
    const finish = (isClosed: boolean) => {
      socket.destroy()
      resolve({ text, isClosed })
    }
    socket.setTimeout(quietMs, () => finish(false))
    socket.setEncoding('latin1')
    socket.on('connect', () =>
      socket.write(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes, 'latin1')),
    )
    socket.on('data', (chunk) => {
      text += chunk
      if (until(text)) finish(false)
    })
    socket.on('error', () => finish(true))
    socket.on('close', () => finish(true))
  })
}

/** True once the text holds one complete answer with a Content-Length. */
export function isOneAnswer(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1]
  return length !== undefined && text.length >= end + 4 + Number(length)
}

/** Status code of the first answer. */
export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
}
