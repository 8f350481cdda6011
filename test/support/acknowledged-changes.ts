import http from 'node:http'

/** Makes changes without a break and remembers what became of them. */
export interface ChangeStream {
  /** Names of the consumers whose creation was answered 201. */
  readonly acknowledged: readonly string[]
  /** Answers other than 201 and 503. */
  readonly unexpected: readonly string[]
  refusals(): number
  stop(): Promise<void>
}

/** Creates one consumer after the other through the Admin API, each on a connection of its own. */
export function startChanges(adminPort: number): ChangeStream {
  const acknowledged: string[] = []
  const unexpected: string[] = []
  let refusals = 0
  let isOver = false
  const work = (async () => {
    for (let n = 0; !isOver; n += 1) {
      const username = `consumer-${n}`
      const answer = await create(adminPort, username).catch((error: Error) => error.message)
      if (answer === 201) acknowledged.push(username)
      else if (answer === 503) refusals += 1
      else unexpected.push(`${username}: ${answer}`)
    }
  })()
  return {
    acknowledged,
    unexpected,
    refusals: () => refusals,
    async stop() {
      isOver = true
      await work
    },
  }
}

function create(port: number, username: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path: '/consumers',
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json' },
      },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode))
        answer.on('error', reject)
      },
    )
    request.on('error', reject)
    request.end(JSON.stringify({ username }))
  })
}
