const counts = new Intl.NumberFormat('en', { useGrouping: true })
const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
]

/** `12.5 %`; at most three decimals, as fine as a share can be. */
export function percent(value: number): string {
  return `${Number(value.toFixed(3))} %`
}

/** A ratio of 0 to 1 as `0.24 %`; `-` for null. */
export function ratioAsPercent(ratio: number | null): string {
  return ratio === null ? '-' : `${(ratio * 100).toFixed(2)} %`
}

/** `12 345`. */
export function count(value: number): string {
  return counts.format(value).replaceAll(',', ' ')
}

/** `12 ms`, `1.5 s`; `-` for null. */
export function milliseconds(value: number | null): string {
  if (value === null) return '-'
  if (value >= 1000) return `${(value / 1000).toFixed(1)} s`
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ms`
}

/** `2d 3h`, `4m 10s`, `0s`: the two largest units, whole seconds, never negative. */
export function span(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000))
  const parts: string[] = []
  for (const [unit, seconds] of UNITS) {
    const whole = Math.floor(rest / seconds)
    rest -= whole * seconds
    if (whole > 0 || parts.length > 0) parts.push(`${whole}${unit}`)
  }
  return parts.slice(0, 2).join(' ') || '0s'
}

/** `14:05:10` on the clock of the reader, with the day in front when that is not the day of `nowMs`. */
export function clock(atMs: number, nowMs: number): string {
  const [day, time] = dayAndTime(atMs)
  return day === dayAndTime(nowMs)[0] ? time : `${day} ${time}`
}

function dayAndTime(ms: number): [day: string, time: string] {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return [day, [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')]
}
