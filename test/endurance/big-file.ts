/** How many of each kind a declarative file has; each service has `routesPerService` routes. */
export interface FileSize {
  readonly services: number
  readonly routesPerService: number
  readonly consumers: number
}

/** Text that makes the route at `/` stay, on a service at this port, beside as much as `size` says. */
export function bigFile(upstreamPort: number, size: FileSize): string {
  const lines = [
    '_format_version: "3.0"',
    'services:',
    ...['- name: traffic', '  host: 127.0.0.1', `  port: ${upstreamPort}`],
    ...['  routes:', '  - name: traffic', '    paths: [/traffic]'],
  ]
  for (let i = 0; i < size.services; i++) {
    lines.push(`- name: service-${i}`, '  host: 127.0.0.1', `  port: ${9000 + i}`, '  routes:')
    for (let j = 0; j < size.routesPerService; j++) {
      lines.push(`  - name: route-${i}-${j}`, '    paths:', `    - /api/${i}/${j}`)
    }
  }
  lines.push('consumers:')
  for (let i = 0; i < size.consumers; i++) {
    lines.push(`- username: consumer-${i}`, `  custom_id: crm-${i}`)
  }
  return `${lines.join('\n')}\n`
}

/** The same file with one wrong field in its middle, and the line of it. */
export function withWrongField(text: string): { readonly text: string; readonly line: number } {
  const lines = text.split('\n')
  const middle = Math.floor(lines.length / 2)
  const at = lines.findIndex((line, index) => index >= middle && line.includes('username:'))
  const wrong = lines.with(at, `- username: ${'[1]'}`)
  return { text: wrong.join('\n'), line: at + 1 }
}
