import type { PeerView } from '../../balancing/peer-view.ts'
import type { Transact } from '../../configuration/transact.ts'
import type { Draws } from '../../model/draws.ts'
import { GatewayError } from '../../model/errors.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { GatewayFreeze, GatewayLift, GatewayStop } from '../../store/releases/release-store.ts'
import type { ChangeAuthor, Store } from '../../store/store.ts'
import type { Freeze } from '../document/window.ts'
import { isEnded } from '../state/phase.ts'
import { type Creation, createRelease } from './create-release.ts'
import { Evaluator } from './evaluator.ts'
import { GateDesk } from './gate-desk.ts'
import { GatewayRules } from './gateway-rules.ts'
import type { LiveRelease } from './live-release.ts'
import { OncePerCause } from './once-per-cause.ts'
import type { Outside } from './outside.ts'
import { ReleaseBook } from './release-book.ts'
import { ReleaseVerbs, type VerbCall, type VerbDone } from './release-verbs.ts'
import { ReleaseWriter } from './release-writer.ts'
import { type OverrideSink, RollbackFirst } from './rollback-first.ts'
import { SlicedPass } from './sliced-pass.ts'
import { nextMove } from './standing.ts'
import type { World } from './surroundings-of.ts'
import { Watchers } from './watchers.ts'

export interface ControllerParts {
  readonly store: Store
  readonly transact: Transact
  readonly configuration: OverrideSink
  /** What this node serves. */
  readonly snapshot: () => Snapshot
  readonly peers: PeerView
  readonly draws: Draws
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly outside: Pick<Outside, 'ask' | 'tell' | 'tellWaiting' | 'stop'>
  readonly log: {
    info(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** Runs the releases of this node. Its state is that of the store: a new one goes on where the last one ended. */
export class ReleaseController {
  readonly #parts: ControllerParts
  readonly #book = new ReleaseBook()
  readonly #rules = new GatewayRules()
  readonly #watchers = new Watchers()
  readonly #world: World
  readonly #writer: ReleaseWriter
  readonly #rollbacks: RollbackFirst
  readonly #evaluator: Evaluator
  readonly #verbs: ReleaseVerbs
  readonly #pass = new SlicedPass(
    () => this.#book.ids(),
    (id) => this.#evaluateSoon(id),
  )
  #isStopped = false

  constructor(parts: ControllerParts) {
    this.#parts = parts
    const { store, transact, configuration, snapshot, peers, draws, now, log } = parts
    const failures = new OncePerCause((release, error) =>
      log.error({ err: error, release }, 'a release cannot go on; it is tried again'),
    )
    const desk = new GateDesk(
      (live, question, signal) => parts.outside.ask(live, question, signal),
      (id) => this.#evaluateSoon(id),
    )
    const world = { snapshot, peers, rules: this.#rules, desk }
    const book = this.#book
    this.#world = world
    this.#writer = new ReleaseWriter({
      transact,
      draws,
      book,
      world,
      written: (written) => {
        parts.outside.tell(written)
        this.#watchers.tell(written.live.stored.id)
      },
    })
    this.#rollbacks = new RollbackFirst({
      world,
      configuration,
      now,
      recorded: (id) => {
        failures.succeeded(id)
        this.#watchers.tell(id)
        this.#evaluateSoon(id)
      },
      failed: (id, error) => failures.failed(id, error),
    })
    const writer = this.#writer
    const rollbacks = this.#rollbacks
    this.#evaluator = new Evaluator({
      ...{ book, writer, world, draws, now, rollbacks, failures },
      waits: (live, notice) => parts.outside.tellWaiting(live, notice),
    })
    this.#verbs = new ReleaseVerbs({
      ...{ store, book, writer, world, now },
      rollbacks,
    })
  }

  /** Reads what is stored. Fails as the store does. */
  async load(): Promise<void> {
    const { releases } = this.#parts.store
    await this.#rules.load(releases)
    await this.#book.load(releases)
  }

  get rules(): Pick<GatewayRules, 'stop' | 'lastLift' | 'freezes'> {
    return this.#rules
  }

  /** What comes with the next second. Waits for nothing, so that no release can hold up the others. */
  tick(): void {
    if (this.#isStopped) return
    this.#rollbacks.tick()
    void this.#pass.begin()
  }

  /** Looks at every release once. Never rejects. */
  async evaluateAll(): Promise<void> {
    await Promise.all(this.#book.ids().map((id) => this.#evaluator.evaluate(id)))
  }

  /** The configuration has changed: what it means for releases is looked at soon. */
  configurationChanged(): void {
    if (!this.#isStopped) void this.#pass.begin()
  }

  /** Stores a release and makes its first moves. See `createRelease`. */
  async create(creation: Creation): Promise<LiveRelease> {
    const { stored } = await createRelease(
      {
        book: this.#book,
        writer: this.#writer,
        draws: this.#parts.draws,
        rollbacks: this.#rollbacks,
      },
      creation,
    )
    await this.#evaluator.evaluate(stored.id)
    return this.find(stored.id)
  }

  /** What somebody asks of a release, and the moves that follow from it. See `ReleaseVerbs`. */
  async apply(key: string, call: VerbCall): Promise<VerbDone> {
    // Served here it would end with this process, and the next one would not know of it.
    if (this.#isStopped) throw new GatewayError('database_unavailable', STOPPED)
    const done = await this.#verbs.apply(key, call)
    if (done.unrecorded !== null) return done
    await this.#evaluator.evaluate(done.release.stored.id)
    return { ...done, release: await this.find(done.release.stored.id) }
  }

  /** By id or name. Throws not_found. */
  async find(key: string): Promise<LiveRelease> {
    const found = await this.#book.find(this.#parts.store.releases, key)
    return this.#rollbacks.servedOf(found.stored.id) ?? found
  }

  live(): readonly LiveRelease[] {
    return this.#book.live()
  }

  /** A release that is live, or not done with; null for all others. */
  kept(releaseId: string): LiveRelease | null {
    return this.#rollbacks.servedOf(releaseId) ?? this.#book.kept(releaseId)
  }

  /** What comes next for a release. */
  nextMove(live: LiveRelease) {
    return nextMove(this.#world, live, this.#parts.now())
  }

  /** False while a rollback of it is served and not stored yet. */
  isRecorded(releaseId: string): boolean {
    return !this.#rollbacks.isPending(releaseId)
  }

  /** Calls the listener when the release has changed; returns what ends that. */
  watch(releaseId: string, listener: () => void): () => void {
    return this.#watchers.add(releaseId, listener)
  }

  /** Deletes one that has ended, with all that is known of it. Fails with not_found and release_conflict. */
  async remove(key: string, author: ChangeAuthor): Promise<void> {
    const { stored, state } = await this.find(key)
    if (!isEnded(state.phase) || this.#rollbacks.isPending(stored.id)) {
      throw new GatewayError(
        'release_conflict',
        `release '${stored.name}' is ${state.phase}; roll it back or cancel it before it is deleted`,
      )
    }
    await this.#writer.run(author, (transaction) => transaction.releases.remove(stored.id))
    this.#book.forget(stored.id)
  }

  /** Ends all progress of all releases. */
  async stopAll(stop: GatewayStop, author: ChangeAuthor): Promise<void> {
    await this.#writer.run(author, (transaction) => transaction.releases.setStop(stop))
    this.#parts.log.info({ actor: author.actor, reason: stop.reason }, 'all releases stopped')
    this.#rules.setStop(stop)
    this.#tellAll()
    await this.evaluateAll()
  }

  /** Lets all releases go on. Without a stop nothing happens, and who lifted the last one stays known. */
  async resumeAll(lift: GatewayLift, author: ChangeAuthor): Promise<void> {
    const isLifted = await this.#writer.run(author, (transaction) =>
      transaction.releases.liftStop(lift),
    )
    if (!isLifted) return
    const { reason } = lift
    this.#parts.log.info({ actor: author.actor, reason }, 'the stop of all releases is lifted')
    this.#rules.liftStop(lift)
    this.#tellAll()
    await this.evaluateAll()
  }

  async addFreeze(freeze: Freeze, author: ChangeAuthor): Promise<GatewayFreeze> {
    const added = {
      ...{ id: this.#parts.draws.uuid(), from: freeze.from, until: freeze.until },
      ...{ reason: freeze.reason, actor: author.actor, createdAtMs: author.at.getTime() },
    }
    await this.#writer.run(author, (transaction) => transaction.releases.addFreeze(added))
    this.#parts.log.info({ actor: author.actor, freeze: added.id }, 'freeze added')
    await this.#freezesChanged()
    return added
  }

  /** Fails with not_found. */
  async removeFreeze(id: string, author: ChangeAuthor): Promise<void> {
    const isRemoved = await this.#writer.run(author, (transaction) =>
      transaction.releases.removeFreeze(id),
    )
    if (!isRemoved) throw new GatewayError('not_found', `there is no freeze '${id}'`)
    this.#parts.log.info({ actor: author.actor, freeze: id }, 'freeze removed')
    await this.#freezesChanged()
  }

  /** Ends all that is under way; nothing happens to a release from then on. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#evaluator.stop()
    await Promise.all([this.#world.desk.stop(), this.#rollbacks.stop()])
    await this.#parts.outside.stop()
  }

  async #freezesChanged(): Promise<void> {
    this.#rules.setFreezes(await this.#parts.store.releases.freezes())
    this.#tellAll()
    await this.evaluateAll()
  }

  #tellAll(): void {
    for (const id of this.#book.ids()) this.#watchers.tell(id)
  }

  #evaluateSoon(releaseId: string): void {
    if (!this.#isStopped) this.#evaluator.evaluateSoon(releaseId)
  }
}

const STOPPED =
  'this gateway is stopping and has given its releases up; nothing was changed. Ask again: the next one may be there'
