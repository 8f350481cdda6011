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

/** The series of one metric, by their labels as they are written: `label="value",…`. */
export async function seriesOf(
  gateway: TestGateway,
  metric: string,
): Promise<Record<string, number>> {
  const all = await readMetrics(gateway)
  const own = [...all].filter(([series]) => series.startsWith(`${metric}{`))
  return Object.fromEntries(
    own.map(([series, value]) => [series.slice(metric.length + 1, -1), value]),
  )
}
