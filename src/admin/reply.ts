import type { Response } from 'express'

/** Answers with a JSON document. To HEAD, Node sends the head only. */
export function sendJson(
  response: Response,
  status: number,
  body: unknown,
  contentType = 'application/json; charset=utf-8',
): void {
  sendText(response, status, { text: JSON.stringify(body), contentType })
}

/** Answers with a text of any type. */
export function sendText(
  response: Response,
  status: number,
  { text, contentType }: { readonly text: string; readonly contentType: string },
): void {
  const bytes = Buffer.from(text)
  response.statusCode = status
  response.setHeader('Content-Type', contentType)
  response.setHeader('Content-Length', bytes.length)
  response.end(bytes)
}

/** Answers 204, or another status that has no body. */
export function sendNothing(response: Response, status = 204): void {
  response.statusCode = status
  response.end()
}
