import { onEachHead, startRawUpstream, type TestUpstream } from '../support/test-upstream.ts'

const OK = 'HTTP/1.1 200 OK\r\n'

/** Each is wrong in its own way, and ends with its connection. */
const ANSWERS: readonly string[] = [
  '',
  'nonsense\r\n\r\n',
  `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`,
  `${OK}Content-Length: 100\r\n\r\nnot a hundred`,
  `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`,
  `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n`,
  `${OK}Transfer-Encoding: gzip\r\n\r\nhello`,
  `${OK}X-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`,
  `${OK}X : space\r\nContent-Length: 0\r\n\r\n`,
  `${OK}No-Colon\r\n\r\n`,
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100),
]

/** An upstream whose every answer is malformed, another one each time. */
export function startMalformedUpstream(): Promise<TestUpstream> {
  let answered = 0
  return startRawUpstream((socket) =>
    onEachHead(socket, () => {
      socket.end(ANSWERS[answered % ANSWERS.length] ?? '', 'latin1')
      answered += 1
    }),
  )
}
