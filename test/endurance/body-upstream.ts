import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { type BodySum, consume, type Pace, produce } from './bodies.ts'

/** An upstream that sends or takes one big body at a time. */
export interface BodyUpstream {
  readonly port: number
  /** What the next GET is answered with; the sum is complete when the answer is. */
  nextDownload(bytes: number, pace: Pace): BodySum
  /** How fast the next POST is read; resolves with what it brought. */
  nextUpload(pace: Pace): Promise<BodySum>
  close(): Promise<void>
}

export async function startBodyUpstream(): Promise<BodyUpstream> {
  let serve: http.RequestListener = (_request, response) => response.end()
  const server = http.createServer((request, response) => serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    nextDownload(bytes, pace) {
      const { body, sum } = produce(bytes, pace)
      serve = (_request, response) => {
        response.setHeader('content-length', bytes)
        pipeline(body, response).catch((error: unknown) => response.destroy(error as Error))
      }
      return sum
    },
    nextUpload: (pace) =>
      new Promise((resolve, reject) => {
        serve = (request, response) => {
          consume(request, pace)
            .then(resolve, reject)
            .finally(() => response.end())
            .catch(reject)
        }
      }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
