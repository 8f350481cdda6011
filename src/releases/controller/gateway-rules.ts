import type {
  GatewayFreeze,
  GatewayLift,
  GatewayStop,
  ReleaseReader,
  StoredRelease,
} from '../../store/releases/release-store.ts'
import { compileSchedule, type Schedule } from '../schedule/compile-schedule.ts'

/** The stop and the freezes of the gateway, as they are stored, and the schedules that follow from them. */
export class GatewayRules {
  #stop: GatewayStop | null = null
  #lastLift: GatewayLift | null = null
  #freezes: readonly GatewayFreeze[] = []
  #schedules = new Map<string, Schedule>()

  get stop(): GatewayStop | null {
    return this.#stop
  }

  /** How the last stop that was lifted ended; null before the first. */
  get lastLift(): GatewayLift | null {
    return this.#lastLift
  }

  get freezes(): readonly GatewayFreeze[] {
    return this.#freezes
  }

  async load(reader: ReleaseReader): Promise<void> {
    this.#stop = await reader.stop()
    this.#lastLift = await reader.lastLift()
    this.setFreezes(await reader.freezes())
  }

  setStop(stop: GatewayStop): void {
    this.#stop = stop
  }

  liftStop(lift: GatewayLift): void {
    this.#stop = null
    this.#lastLift = lift
  }

  setFreezes(freezes: readonly GatewayFreeze[]): void {
    this.#freezes = freezes
    this.#schedules = new Map()
  }

  /** Windows and freezes of a release together with the freezes of the gateway. */
  scheduleOf({ id, document }: StoredRelease): Schedule {
    const known = this.#schedules.get(id)
    if (known !== undefined) return known
    const schedule = compileSchedule(document.windows, [...document.freezes, ...this.#freezes])
    this.#schedules.set(id, schedule)
    return schedule
  }

  /** A release that is not live any more needs no schedule. */
  forget(releaseId: string): void {
    this.#schedules.delete(releaseId)
  }
}
