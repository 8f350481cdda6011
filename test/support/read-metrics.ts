import type { TestGateway } from './test-gateway.ts'

/** Series with their values: `name{label="value",…}`. */
export async function readMetrics(gateway: TestGateway): Promise<Map<string, number>> {
  const answer = await gateway.adminRaw('GET', '/metrics')
  const type = answer.headers.get('content-type') ?? ''
  if (!type.startsWith('text/plain')) throw new Error(`metrics as ${type}`)
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && line[0] !== '#')
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}
