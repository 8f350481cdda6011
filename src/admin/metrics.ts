import type { RequestHandler } from 'express'
import type { AdminDependencies } from './dependencies.ts'
import { sendText } from './reply.ts'

/** GET /metrics: what this node counted, in Prometheus's text format. */
export function metricsHandler({ metrics }: Pick<AdminDependencies, 'metrics'>): RequestHandler {
  return async (_request, response) => {
    sendText(response, 200, await metrics())
  }
}
