import { startUpstream, type TestUpstream } from './test-upstream.ts'

/** Upstreams on one port of several addresses of this machine; each answers with its address. */
export interface Neighbours {
  readonly port: number
  readonly at: ReadonlyMap<string, TestUpstream>
  close(): Promise<void>
}

const ATTEMPTS = 20

/** Starts them on a port that is free on all of the addresses. */
export async function startNeighbours(hosts: readonly string[]): Promise<Neighbours> {
  for (let attempt = 1; ; attempt++) {
    const at = new Map<string, TestUpstream>()
    const close = async () => {
      await Promise.all([...at.values()].map((upstream) => upstream.close()))
    }
    try {
      let port = 0
      for (const host of hosts) {
        const upstream = await startUpstream(host, undefined, { host, port })
        at.set(host, upstream)
        port = upstream.port
      }
      return { port, at, close }
    } catch (error) {
      await close()
      if (attempt === ATTEMPTS) throw error
    }
  }
}
