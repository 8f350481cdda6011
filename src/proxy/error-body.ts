/** A body in the form that a client asked for. */
export interface ErrorBody {
  readonly contentType: string
  readonly text: string
}

export interface ErrorFacts {
  readonly message: string
  readonly requestId: string
}

type ErrorForm = 'json' | 'html' | 'xml' | 'text'

/**
 * The body of an answer of the gateway's own: JSON unless the Accept field prefers HTML, XML or plain text
 * (reference kong.md section 7). `accept` is the field's value, null when there is none.
 */
export function errorBody(facts: ErrorFacts, accept: string | null): ErrorBody {
  return RENDERERS[accept === null ? 'json' : preferredForm(accept)](facts)
}

const FORM_OF_TYPE: ReadonlyMap<string, ErrorForm> = new Map([
  ['*/*', 'json'],
  ['application/*', 'json'],
  ['application/json', 'json'],
  ['text/*', 'text'],
  ['text/plain', 'text'],
  ['text/html', 'html'],
  ['application/xhtml+xml', 'html'],
  ['application/xml', 'xml'],
  ['text/xml', 'xml'],
])

/** The form with the highest weight, the first of equals (RFC 9110 section 12.5.1); JSON when none is known. */
function preferredForm(accept: string): ErrorForm {
  let best: ErrorForm = 'json'
  let bestWeight = 0
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';')
    const form = FORM_OF_TYPE.get(type.trim().toLowerCase())
    const weight = form === undefined ? 0 : weightOf(parameters)
    if (form === undefined || weight <= bestWeight) continue
    best = form
    bestWeight = weight
  }
  return best
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameters.map((parameter) => parameter.trim()).find((text) => /^q=/i.test(text))
  const value = weight === undefined ? 1 : Number(weight.slice(2))
  return value >= 0 && value <= 1 ? value : 0
}

const RENDERERS: { readonly [F in ErrorForm]: (facts: ErrorFacts) => ErrorBody } = {
  json: ({ message, requestId }) => ({
    contentType: 'application/json; charset=utf-8',
    text: JSON.stringify({ message, request_id: requestId }),
  }),
  text: ({ message, requestId }) => ({
    contentType: 'text/plain; charset=utf-8',
    text: `${message}\nrequest_id: ${requestId}\n`,
  }),
  html: ({ message, requestId }) => ({
    contentType: 'text/html; charset=utf-8',
    text:
      '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Error</title>\n' +
      `<h1>Error</h1>\n<p>${escapeMarkup(message)}</p>\n` +
      `<p>request_id: ${escapeMarkup(requestId)}</p>\n</html>\n`,
  }),
  xml: ({ message, requestId }) => ({
    contentType: 'application/xml; charset=utf-8',
    text:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      `<error>\n  <message>${escapeMarkup(message)}</message>\n` +
      `  <request_id>${escapeMarkup(requestId)}</request_id>\n</error>\n`,
  }),
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
