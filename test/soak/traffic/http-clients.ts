import http from 'node:http'
import https from 'node:https'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { type BegunRequest, pathOf, type RequestEnd } from '../ledger.ts'
import { STEADY_NAME } from '../services.ts'
import { BIG_BYTES, CHUNKS, type Wish } from '../target-answers.ts'
import { type ClientParts, failed, GOOD, isNameOf, nextService, someUser } from './client-parts.ts'
import { exchange, type HttpAsk, type HttpReply, type Way } from './http-exchange.ts'
import { repeat } from './repeat.ts'

/** What a client asks for, and whether the answer is what it should be. */
interface Errand extends Pick<HttpAsk, 'method' | 'headers' | 'body' | 'read'> {
  readonly wish: Wish
  readonly isRight: (reply: HttpReply, request: BegunRequest) => boolean
}

interface HttpKind {
  readonly name: string
  readonly clients: number
  readonly pauseMs: number
  readonly way: (parts: ClientParts) => Way
  readonly errand: () => Errand
}

const KINDS: readonly HttpKind[] = [
  { name: 'GET, keep-alive', clients: 6, pauseMs: 50, way: keptPlain, errand: getName },
  { name: 'GET, one-shot', clients: 2, pauseMs: 80, way: newPlain, errand: getName },
  { name: 'GET, chunked answer', clients: 2, pauseMs: 120, way: keptPlain, errand: getChunked },
  { name: 'HEAD', clients: 1, pauseMs: 100, way: keptPlain, errand: head },
  { name: 'POST', clients: 2, pauseMs: 100, way: keptPlain, errand: () => post({}) },
  { name: 'POST, chunked', clients: 2, pauseMs: 100, way: keptPlain, errand: () => post(CHUNKED) },
  { name: 'GET over TLS, keep-alive', clients: 2, pauseMs: 80, way: keptTls, errand: getName },
  { name: 'GET over TLS, one-shot', clients: 1, pauseMs: 150, way: newTls, errand: getName },
  {
    name: 'POST over TLS, one-shot',
    clients: 1,
    pauseMs: 200,
    way: newTls,
    errand: () => post({}),
  },
  { name: 'GET, slow reader', clients: 2, pauseMs: 500, way: newPlain, errand: getSlowly },
]

export const HTTP_KINDS: readonly string[] = KINDS.map(({ name }) => name)

/** Runs all kinds of HTTP clients until the signal. */
export async function runHttpClients(parts: ClientParts): Promise<void> {
  await Promise.all(
    KINDS.flatMap((kind) => Array.from({ length: kind.clients }, () => runClient(kind, parts))),
  )
}

async function runClient(kind: HttpKind, parts: ClientParts): Promise<void> {
  const way = kind.way(parts)
  let sent = 0
  await repeat(parts.signal, kind.pauseMs, async () => {
    sent += 1
    const request = parts.ledger.begin(kind.name, nextService(sent))
    parts.ledger.end(request, await runErrand(way, request, kind.errand()))
  })
  if (way.agent !== false) way.agent.destroy()
}

async function runErrand(way: Way, request: BegunRequest, errand: Errand): Promise<RequestEnd> {
  const { wish, isRight, headers, ...ask } = errand
  const path = `${pathOf(request)}?do=${wish}`
  try {
    const reply = await exchange({
      ...ask,
      way,
      path,
      headers: { 'X-User': someUser(), ...headers },
    })
    if (reply.status === 200 && isRight(reply, request)) return GOOD
    return failed(reply.status, reply.body.toString('latin1', 0, 200))
  } catch (error) {
    return failed('lost', String(error))
  }
}

function keptPlain({ plainPort }: ClientParts): Way {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  return { port: plainPort, agent, serverName: null }
}

function newPlain({ plainPort }: ClientParts): Way {
  return { port: plainPort, agent: false, serverName: null }
}

function keptTls({ tlsPort }: ClientParts): Way {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 })
  return { port: tlsPort, agent, serverName: STEADY_NAME }
}

function newTls({ tlsPort }: ClientParts): Way {
  return { port: tlsPort, agent: false, serverName: STEADY_NAME }
}

function getName(): Errand {
  return {
    method: 'GET',
    wish: 'name',
    isRight: ({ body }, request) => isNameOf(request, body.toString()),
  }
}

function getChunked(): Errand {
  const whole = CHUNKS.join('')
  return { method: 'GET', wish: 'chunked', isRight: ({ body }) => body.toString() === whole }
}

function head(): Errand {
  return { method: 'HEAD', wish: 'name', isRight: ({ body }) => body.length === 0 }
}

const CHUNKED = { 'transfer-encoding': 'chunked' }
const BODY_BYTES = 40_000

function post(headers: Record<string, string>): Errand {
  const body = Buffer.alloc(BODY_BYTES, `${Math.random()}`)
  return {
    method: 'POST',
    wish: 'echo',
    headers,
    body,
    isRight: (reply) => reply.body.equals(body),
  }
}

function getSlowly(): Errand {
  return {
    method: 'GET',
    wish: 'big',
    read: readSlowly,
    isRight: ({ body }) => body.toString() === String(BIG_BYTES),
  }
}

/** Reads to the end with pauses; the result is the number of bytes. */
async function readSlowly(answer: Readable): Promise<Buffer> {
  let bytes = 0
  for await (const part of answer) {
    bytes += (part as Buffer).length
    await pause(10)
  }
  return Buffer.from(String(bytes))
}
