import { once } from 'node:events'
import https from 'node:https'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'

/** What a client saw of a handshake. */
export interface SeenHandshake {
  /** Common name of the certificate that was shown. */
  readonly commonName: string
  /** SHA-256 of the certificate. */
  readonly fingerprint: string
  readonly protocol: string | null
  readonly alpn: string | false | null
  /** Type of the certificate's key: `rsa`, `ec`. */
  readonly keyType: string
}

/** A new connection over TLS that trusts everybody, its handshake done. Rejects when the handshake fails. */
export async function connectTls(
  port: number,
  options: ConnectionOptions = {},
): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options })
  await once(socket, 'secureConnect')
  socket.on('error', () => {})
  return socket
}

/** Shakes hands and leaves. */
export async function handshake(
  port: number,
  servername = '',
  options: ConnectionOptions = {},
): Promise<SeenHandshake> {
  const socket = await connectTls(port, { servername, ...options })
  const certificate = socket.getPeerX509Certificate()
  const seen = {
    commonName: /CN=(\S+)/.exec(certificate?.subject ?? '')?.[1] ?? '',
    fingerprint: certificate?.fingerprint256 ?? '',
    protocol: socket.getProtocol(),
    alpn: socket.alpnProtocol,
    keyType: certificate?.publicKey.asymmetricKeyType ?? '',
  }
  socket.destroy()
  return seen
}

export interface TlsAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** One GET over TLS on a connection of its own; the server name is also the Host. */
export function getOverTls(
  port: number,
  { host = 'localhost', path = '/' }: { host?: string; path?: string } = {},
): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    const request = https.get(
      {
        port,
        path,
        host: '127.0.0.1',
        servername: host,
        headers: { host },
        agent: false,
        rejectUnauthorized: false,
      },
      (answer) => {
        let body = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          body += chunk
        })
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
        )
        answer.on('error', reject)
      },
    )
    request.on('error', reject)
  })
}
