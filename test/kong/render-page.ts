import type { Area } from './conformance.ts'

/** The page docs/kong-conformance.md: every check by area, with counts, in Markdown. */
export function renderPage(areas: readonly Area[]): string {
  const total = areas.reduce((sum, { rows }) => sum + rows.length, 0)
  return `<!-- Generated from test/kong by \`npm run conformance\`. Do not edit. -->

# Conformance with Kong

${total} checks in ${areas.length} areas, each with the test file or the document of Kong Gateway 3.9 that covers its subject. \`npm test\` runs all of them against a real gateway, with its Admin API, its proxy and real upstream servers. What is different on purpose is listed in [differences-from-kong.md](differences-from-kong.md).

| area | checks |
|---|---:|
${areas.map(({ name, title, rows }) => `| [${escaped(title)}](#${name}) | ${rows.length} |`).join('\n')}

${areas.map(renderArea).join('\n')}`
}

function renderArea({ name, title, rows }: Area): string {
  const lines = rows.map(
    (row) => `| \`${row.id}\` | ${escaped(row.title)} | ${renderSource(row.source)} |`,
  )
  return `<a id="${name}"></a>

## ${escaped(title)}

| check | what it says | Kong |
|---|---|---|
${lines.join('\n')}
`
}

/** Files of Kong's repository as code, documents by their name. */
function renderSource(source: string): string {
  return source.startsWith('spec/') ? `\`${source}\`` : escaped(source)
}

/** Text in which nothing is taken for Markdown or HTML. */
function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>~|]/g, '\\$&')
}
