import { isEnded } from '../../../releases/state/phase.ts'
import type { Paint } from '../../text/colour.ts'
import { cut, harmless } from '../../text/fit.ts'
import { clock, percent, span } from '../../text/numbers.ts'
import { eventLines } from '../event-text.ts'
import { measuredLines } from '../measured-lines.ts'
import { phaseSign } from '../phase-signs.ts'
import type { ReleaseAnswer } from '../release-answer.ts'
import { nextLine, serviceName, stepPosition, trafficParts } from '../show-release.ts'
import { stepNames } from '../step-names.ts'
import { stepBar } from './step-bar.ts'

/** All that a picture of a release shows. */
export interface WatchView {
  readonly release: ReleaseAnswer
  /** Why no news come; null while they do. */
  readonly lost: string | null
  /** Epoch milliseconds. */
  readonly nowMs: number
}

export interface FrameSize {
  readonly columns: number
  readonly rows: number
}

const NARROWEST = 40
const WIDEST = 200
const MOST_EVENTS = 8

/**
 * The picture of a release for a terminal of 40 to 200 columns: at most `rows` lines, which leave one column free, since
 * a terminal may wrap after the last. Pure.
 */
export function watchFrame(view: WatchView, size: FrameSize, paint: Paint): string[] {
  const columns = Math.min(WIDEST, Math.max(NARROWEST, size.columns)) - 1
  const head = [
    headLine(view.release, columns, paint),
    ...reasonLines(view.release, columns),
    ...lostLines(view, columns, paint),
    stepBar({ ...positionOf(view.release), columns }, paint),
    ...stepLines(view, columns),
    ...measuredLines(view.release.measured ?? null, paint),
  ]
  const room = Math.max(0, size.rows - head.length - 1)
  return [...head, ...lastEvents(view, columns, Math.min(MOST_EVENTS, room))].slice(
    0,
    Math.max(1, size.rows),
  )
}

function headLine(release: ReleaseAnswer, columns: number, paint: Paint): string {
  const { text, colour } = phaseSign(release.phase)
  const name = harmless(release.name)
  const about = ` (${serviceName(release)}, ${release.strategy})`
  const shown = cut(`${name}${about}`, columns - text.length - 2)
  const bold = shown.startsWith(name) ? paint('bold', name) + shown.slice(name.length) : shown
  return `${paint(colour, text)}  ${bold}`
}

function reasonLines({ reason, recorded }: ReleaseAnswer, columns: number): string[] {
  return [
    ...(reason === null ? [] : [cut(harmless(reason), columns)]),
    ...(recorded ? [] : [cut('in force, not recorded yet', columns)]),
  ]
}

function lostLines({ lost }: WatchView, columns: number, paint: Paint): string[] {
  return lost === null ? [] : [paint('yellow', cut(harmless(lost), columns))]
}

function stepLines({ release, nowMs }: WatchView, columns: number): string[] {
  const next = nextLine(release, nowMs) ?? ''
  const lines = [
    stepPosition(release),
    trafficParts(release).join(', '),
    next,
    holdLine(release, nowMs),
  ]
  return lines.filter((line) => line !== '').map((line) => cut(line, columns))
}

/** How long the present step holds, where the next line does not say it. */
function holdLine({ step, next, phase }: ReleaseAnswer, nowMs: number): string {
  const until = step?.hold_ends_at?.epoch
  if (until === undefined || isEnded(phase)) return ''
  if (next?.at?.epoch === until || until * 1000 <= nowMs) return ''
  return `hold ends in ${span(until * 1000 - nowMs)} (${clock(until * 1000, nowMs)})`
}

function lastEvents({ release, nowMs }: WatchView, columns: number, most: number): string[] {
  const names = stepNames(release)
  const events = [...(release.history ?? [])].sort((a, b) => a.sequence - b.sequence)
  const last = most < 1 ? [] : events.slice(-most)
  return eventLines(last, nowMs, names).map((line) => cut(line, columns))
}

/** Behind the last step while it bakes and after a good end. */
function positionOf({ step, document, phase }: ReleaseAnswer): { present: number; count: number } {
  const count = step?.count ?? document?.steps.length ?? 1
  if (phase === 'baking' || phase === 'promoting' || phase === 'succeeded') {
    return { present: count + 1, count }
  }
  return { present: step?.index ?? 0, count }
}

/** One line that says how it stands, for where nothing can be drawn. */
export function watchLine({ release }: Pick<WatchView, 'release'>): string {
  const { text } = phaseSign(release.phase)
  const where = release.step === null ? '' : `, step ${release.step.index} of ${release.step.count}`
  return `${harmless(release.name)} ${text}${where}, share ${percent(release.share_percent)}`
}
