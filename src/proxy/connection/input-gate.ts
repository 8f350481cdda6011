import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { adaptParser, adaptToBody } from './adapt-parser.ts'
import { leftBehind } from './ordinary-upgrades.ts'
import type { ServerSocket } from './server-socket.ts'

/** The parser is given less than all that has come in at the ends of heads only, and not in smaller pieces. */
const HEAD_END = '\r\n\r\n'
const PIECE_BYTES = 1024
/** What is taken in, to notice that a client has left, while nothing of it is read. */
const KEPT_BYTES = 64 * 1024
/** How long a client may go on sending after the last answer of its connection (nginx: lingering_time). */
const LINGER_MS = 10_000

/** Only what a connection needs to be told; null for one that was not accepted by a listener of ours. */
export function gateOf(socket: Duplex): InputGate | null {
  return GATES.get(socket) ?? null
}

/**
 * Stands between a connection and Node's parser, which makes requests of all that one read brings: two thousand small
 * ones of 64 KiB, each with an answer that waits. Lets through piece by piece, nothing while it is held, and nothing
 * ever again once it is shut.
 */
export class InputGate {
  readonly #socket: Socket
  /** Null once it has come to its end. */
  #parse: ((bytes: Buffer) => void) | null
  #isHeld = false
  #isShut = false
  #isLingering = false
  #kept: Buffer[] = []
  #keptBytes = 0

  /** Takes the place of Node's own listener on a connection that its server has just accepted. */
  constructor(socket: Socket) {
    const [parse] = socket.listeners('data') as ((bytes: Buffer) => void)[]
    if (parse === undefined) throw new Error('a connection that no parser listens to')
    this.#socket = socket
    this.#parse = parse
    adaptParser(socket)
    socket.removeListener('data', parse)
    socket.on('data', this.#onData)
    socket.on('resume', this.#feedKept)
    GATES.set(socket, this)
  }

  /** Nothing more is read for now. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    // Not at once: what is being read now comes first.
    setImmediate(this.#feedKept)
  }

  /** The parser stops at a request to switch protocols: what it left over, and all behind that, is kept. */
  endParsing(left: Buffer): void {
    this.#parse = null
    this.#socket.resume()
    if (left.length > 0) this.#keep(left)
  }

  /** Leaves the connection to the caller, paused; returns what was kept. */
  letGo(): Buffer {
    const socket = this.#socket
    socket.pause()
    socket.removeListener('data', this.#onData)
    socket.removeListener('resume', this.#feedKept)
    GATES.delete(socket)
    const kept = Buffer.concat(this.#kept)
    this.#kept = []
    return kept
  }

  /** What comes in from now on is forgotten: nothing behind the reason to end a connection is read as a request. */
  shut(): void {
    if (this.#isShut) return
    this.#isShut = true
    this.#kept = []
    this.#socket.resume()
  }

  /**
   * The last answer is about to be sent: the connection is closed behind it, but not before the client has, or a while
   * is over. One that is closed on bytes that nobody read is reset, and the reset may overtake the answer
   * (RFC 9112 section 9.6).
   */
  linger(): void {
    if (this.#isLingering) return
    this.#isLingering = true
    const socket = this.#socket
    this.shut()
    const timer = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('end', () => socket.end(() => socket.destroy()))
    socket.once('close', () => clearTimeout(timer))
    // What the server calls after the last answer.
    socket.destroySoon = () => {
      socket.end()
    }
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#isShut) return
    if (this.#kept.length === 0) this.#feed(bytes)
    else this.#keep(bytes)
  }

  readonly #feedKept = (): void => {
    if (this.#kept.length === 0 || !this.#isOpen()) return
    const bytes = Buffer.concat(this.#kept)
    this.#kept = []
    this.#keptBytes = 0
    this.#feed(bytes)
    if (this.#kept.length === 0 && this.#socket.isPaused()) this.#socket.resume()
  }

  #feed(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) {
      const parse = this.#parse
      if (parse === null || !this.#isOpen()) {
        this.#keep(from === 0 ? bytes : bytes.subarray(from))
        return
      }
      const end = bytes.indexOf(HEAD_END, from + PIECE_BYTES, 'latin1')
      const to = end === -1 ? bytes.length : end + HEAD_END.length
      parse(from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to))
      adaptToBody(this.#socket)
      from = to - leftBehind(this.#socket)
    }
  }

  #keep(bytes: Buffer): void {
    if (this.#isShut) return
    this.#kept.push(bytes)
    this.#keptBytes += bytes.length
    if (this.#keptBytes > KEPT_BYTES) this.#socket.pause()
  }

  /** Node's server pauses a connection whose answers the client does not take. */
  #isOpen(): boolean {
    const socket: ServerSocket = this.#socket
    return (
      this.#parse !== null &&
      !this.#isHeld &&
      !this.#isShut &&
      socket._paused !== true &&
      !socket.destroyed
    )
  }
}

const GATES = new WeakMap<Duplex, InputGate>()
