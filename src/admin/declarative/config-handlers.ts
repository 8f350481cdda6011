import type { Request, RequestHandler } from 'express'
import { dumpFile } from '../../declarative/dump.ts'
import { GatewayError } from '../../model/errors.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { exchangeOf } from '../exchange.ts'
import { queryOf } from '../request-target.ts'
import type { Handlers } from '../serve-path.ts'
import type { ApplyFile, FileOutcome, Progress } from './apply-file.ts'
import { outcomeBody, refusalBody, shownChanges } from './config-answers.ts'
import { readConfigBody, YAML_TYPES } from './read-config-body.ts'
import { sendPieces } from './send-pieces.ts'
import { type Answer, LINES_TYPE, sendWithProgress } from './send-with-progress.ts'

export interface ConfigParts {
  readonly applyFile: ApplyFile
  snapshot(): Snapshot
}

const JSON_TYPE = 'application/json; charset=utf-8'

/**
 * /config: the whole configuration as one declarative file. GET gives it, POST makes it so in one transaction, or says
 * what would change (`dry_run=true`). `select_tags=a,b` limits both to what has these tags.
 * Source: Kong Gateway 3.9, DB-less mode; go-database-reconciler for the form of the file.
 */
export function configHandlers(parts: ConfigParts): Handlers {
  return { GET: dumpHandler(parts), POST: applyHandler(parts) }
}

/** YAML for those who ask for it; else, as in Kong, YAML in the text `config` of a JSON document. */
function dumpHandler({ snapshot }: ConfigParts): RequestHandler {
  return async (request, response) => {
    const pieces = dumpFile(snapshot(), readSelectTags(request))
    const accepted = request.accepts(['application/json', ...YAML_TYPES])
    if (accepted !== false && accepted !== 'application/json') {
      await sendPieces(response, pieces, { contentType: 'application/yaml; charset=utf-8' })
    } else await sendPieces(response, inJson(pieces), { contentType: JSON_TYPE })
  }
}

function* inJson(pieces: Iterable<string>): Generator<string> {
  yield '{"config":"'
  for (const piece of pieces) yield JSON.stringify(piece).slice(1, -1)
  yield '"}'
}

/** With `Accept: application/x-ndjson`, lines that tell how far it is come before the answer, which is the last line. */
function applyHandler({ applyFile }: ConfigParts): RequestHandler {
  return async (request, response) => {
    const isDryRun = readSwitch(request, 'dry_run')
    const selectTags = readSelectTags(request)
    const bytes = await readConfigBody(request)
    const { author } = exchangeOf(response)
    const answer = async (onProgress: (progress: Progress) => void): Promise<Answer> => {
      const task = { bytes, selectTags, isDryRun, author, onProgress }
      return answerTo(await applyFile(task), isDryRun)
    }
    if (request.get('accept') === LINES_TYPE) await sendWithProgress(response, answer)
    else {
      const { status, pieces } = await answer(() => {})
      await sendPieces(response, pieces, { status, contentType: JSON_TYPE })
    }
  }
}

function answerTo(outcome: FileOutcome, isDryRun: boolean): Answer {
  if (outcome.kind === 'refused') {
    return { status: 400, pieces: [JSON.stringify(refusalBody(outcome.problems))] }
  }
  const { plan, version } = outcome
  const body = outcomeBody(plan, version)
  return isDryRun
    ? { status: 200, pieces: difference(body, shownChanges(plan)) }
    : { status: 201, pieces: [JSON.stringify(body)] }
}

function* difference(body: object, changes: Iterable<object>): Generator<string> {
  yield `${JSON.stringify({ dry_run: true, ...body }).slice(0, -1)},"changes":[`
  let separator = ''
  for (const change of changes) {
    yield separator + JSON.stringify(change)
    separator = ','
  }
  yield ']}'
}

function readSelectTags(request: Request): readonly string[] {
  const given = queryOf(request).get('select_tags')
  return given === null || given === '' ? [] : given.split(',').filter((tag) => tag !== '')
}

function readSwitch(request: Request, name: string): boolean {
  const given = queryOf(request).get(name)
  if (given === null || given === 'false' || given === '0') return false
  if (given === 'true' || given === '1' || given === '') return true
  const message = `${name} must be true or false, not '${given}'`
  throw new GatewayError('invalid_options', message, { details: [{ path: [name], message }] })
}
