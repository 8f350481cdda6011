import type { RequestFacts } from '../../src/variants/expressions/request-facts.ts'

/** A variable of a request, found as plainly as possible: everything is taken apart anew for each name. */
export function naiveVariable(name: string, facts: RequestFacts): unknown {
  const { request, identity } = facts
  const [, family, key = ''] = /^(http_|arg_|cookie_|post_arg_)(.*)$/s.exec(name) ?? []
  switch (family) {
    case 'http_':
      return (
        fieldsNamed(key, facts).join(/^cookie$/i.test(key) ? '; ' : ', ') || emptyField(key, facts)
      )
    case 'arg_':
      return argument(request.query.replace(/^\?/, ''), key)
    case 'cookie_':
      return cookie(key, facts)
    case 'post_arg_':
      return isForm(facts) && facts.formBody !== null ? argument(facts.formBody, key) : undefined
  }
  const query = request.query.slice(1)
  const uri = decodeURIComponent(request.path)
  const singles: Readonly<Record<string, unknown>> = {
    uri,
    request_uri: query === '' ? uri : `${uri}?${query}`,
    query_string: request.query === '' ? undefined : query,
    request_method: request.method,
    host: request.host,
    scheme: request.scheme,
    remote_addr: request.clientAddress,
    server_port: `${request.listenerPort}`,
    consumer_name: identity.consumer?.username ?? undefined,
    consumer_group: facts.consumerGroup?.name ?? undefined,
  }
  return singles[name]
}

function fieldsNamed(key: string, { request: { fields } }: RequestFacts): string[] {
  const folded = (text: string) => text.toLowerCase().replaceAll('-', '_')
  const found = fields.values.filter((_, i) => folded(fields.names[i] ?? '') === folded(key))
  return found.map((value) => Buffer.from(value, 'latin1').toString('utf8'))
}

/** A field without a value is there all the same. */
function emptyField(key: string, facts: RequestFacts): string | undefined {
  return fieldsNamed(key, facts).length > 0 ? '' : undefined
}

function argument(text: string, key: string): unknown {
  for (const part of text.split('&')) {
    // The parser would take a question mark in front for the one that begins a query.
    const [pair] = new URLSearchParams(`&${part}`)
    if (pair !== undefined && pair[0] === key) return part.includes('=') ? pair[1] : true
  }
  return undefined
}

function cookie(key: string, facts: RequestFacts): string | undefined {
  const pairs = fieldsNamed('cookie', facts).join(';').split(';')
  const pair = pairs.map((text) => text.trim()).find((text) => text.startsWith(`${key}=`))
  return pair?.slice(key.length + 1)
}

function isForm(facts: RequestFacts): boolean {
  const [type = ''] = fieldsNamed('content-type', facts)
  return (
    facts.request.body.kind !== 'none' &&
    type.toLowerCase().startsWith('application/x-www-form-urlencoded')
  )
}
