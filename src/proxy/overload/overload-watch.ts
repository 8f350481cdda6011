import type { Clock } from '../clock.ts'
import type { LoadMeter } from './load-meter.ts'
import {
  type LoadSample,
  NO_OVERLOAD,
  nextOverload,
  type OverloadBounds,
  type OverloadState,
} from './overload-state.ts'

export interface OverloadWatchParts {
  readonly meter: LoadMeter
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly bounds: OverloadBounds
  /** Called when something of the state that others see has changed. */
  changed(state: OverloadState, sample: LoadSample): void
}

const SAMPLE_MS = 250

/** Looks at the load again and again; what requests ask it is a field. */
export class OverloadWatch {
  readonly #parts: OverloadWatchParts
  readonly #timer: NodeJS.Timeout
  #state = NO_OVERLOAD

  constructor(parts: OverloadWatchParts) {
    this.#parts = parts
    // What went before, such as the start of the process, is no load.
    parts.meter.sample()
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS).unref()
  }

  get state(): OverloadState {
    return this.#state
  }

  close(): void {
    clearInterval(this.#timer)
    this.#parts.meter.close()
  }

  #look(): void {
    const { meter, clock, bounds } = this.#parts
    const before = this.#state
    const sample = meter.sample()
    const state = nextOverload(before, sample, { bounds, nowMs: clock.monotonicMs() })
    this.#state = state
    if (state.shedsFor !== before.shedsFor || state.keepsAlive !== before.keepsAlive) {
      this.#parts.changed(state, sample)
    }
  }
}
