import { countDistinct, countIn, newRegisters, type Registers } from './distinct-counter.ts'

/** What a service got in the last hour. */
export interface HourReadings {
  readonly requests: number
  /** Different consumers among them, about; null when none of them was known. */
  readonly consumers: number | null
}

const SLOT_MS = 600_000
const SLOTS = 6

interface Slot {
  turn: number
  requests: number
  /** Null before the first consumer. */
  consumers: Registers | null
}

/** Counts of a rolling hour, in slots of ten minutes: at most 2 KiB. */
export class HourWindow {
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => newSlot(0))

  /** A request that ended at `nowMs` (epoch milliseconds). */
  record(nowMs: number, consumer: string | null): void {
    const turn = Math.floor(nowMs / SLOT_MS)
    let slot = this.#slots[turn % SLOTS]
    if (slot === undefined || slot.turn !== turn) {
      slot = newSlot(turn)
      this.#slots[turn % SLOTS] = slot
    }
    slot.requests += 1
    if (consumer === null) return
    slot.consumers ??= newRegisters()
    countIn(slot.consumers, consumer)
  }

  read(nowMs: number): HourReadings {
    const oldest = Math.floor(nowMs / SLOT_MS) - SLOTS
    const slots = this.#slots.filter(({ turn }) => turn > oldest)
    const known = slots.flatMap(({ consumers }) => consumers ?? [])
    return {
      requests: slots.reduce((sum, { requests }) => sum + requests, 0),
      consumers: known.length === 0 ? null : countDistinct(known),
    }
  }
}

function newSlot(turn: number): Slot {
  return { turn, requests: 0, consumers: null }
}
