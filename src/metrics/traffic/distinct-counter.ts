const REGISTERS = 256
/** Bias correction and the bound of linear counting (Flajolet et al., HyperLogLog, 2007). */
const ALPHA = 0.7213 / (1 + 1.079 / REGISTERS)
const SMALL = 2.5 * REGISTERS

/** Registers of a distinct counter: 256 bytes however many are counted. */
export type Registers = Uint8Array

export function newRegisters(): Registers {
  return new Uint8Array(REGISTERS)
}

/** Counts `text` in; one that was counted before changes nothing. */
export function countIn(registers: Registers, text: string): void {
  const hash = hashOf(text)
  const register = hash & (REGISTERS - 1)
  const rank = Math.clz32(hash & ~(REGISTERS - 1)) + 1
  if (rank > (registers[register] ?? 0)) registers[register] = rank
}

/** About how many different texts were counted into any of these: off by 6.5 % (standard error). */
export function countDistinct(parts: readonly Registers[]): number {
  let sum = 0
  let empty = 0
  for (let register = 0; register < REGISTERS; register++) {
    let rank = 0
    for (const part of parts) rank = Math.max(rank, part[register] ?? 0)
    if (rank === 0) empty += 1
    sum += 2 ** -rank
  }
  const estimate = (ALPHA * REGISTERS * REGISTERS) / sum
  if (estimate > SMALL || empty === 0) return Math.round(estimate)
  return Math.round(REGISTERS * Math.log(REGISTERS / empty))
}

/** FNV-1a with the finish of murmur3, which spreads it over all bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
