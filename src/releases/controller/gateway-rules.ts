import type {
  GatewayFreeze,
  GatewayStop,
  ReleaseReader,
  StoredRelease,
} from '../../store/releases/release-store.ts'
import { compileSchedule, type Schedule } from '../schedule/compile-schedule.ts'

/** The stop and the freezes of the gateway, as they are stored, and the schedules that follow from them. */
export class GatewayRules {
  #stop: GatewayStop | null = null
  #stopLiftedAtMs: number | null = null
  #freezes: readonly GatewayFreeze[] = []
  #schedules = new Map<string, Schedule>()

  get stop(): GatewayStop | null {
    return this.#stop
  }

  /** Epoch milliseconds; null when this process has not seen one end. */
  get stopLiftedAtMs(): number | null {
    return this.#stopLiftedAtMs
  }

  get freezes(): readonly GatewayFreeze[] {
    return this.#freezes
  }

  async load(reader: ReleaseReader): Promise<void> {
    this.#stop = await reader.stop()
    this.setFreezes(await reader.freezes())
  }

  setStop(stop: GatewayStop | null, nowMs: number): void {
    if (this.#stop !== null && stop === null) this.#stopLiftedAtMs = nowMs
    this.#stop = stop
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
