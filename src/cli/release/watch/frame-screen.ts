import type { Terminal } from '../../terminal.ts'
import { widthOf } from '../../text/fit.ts'

/** A picture on a terminal that is drawn over itself. */
export interface FrameScreen {
  /** Draws the picture in place of the last one; nothing when it is the same. */
  draw(lines: readonly string[]): void
  /** Leaves the last picture where it is and gives the cursor back. Again and again without harm. */
  close(): void
}

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
/** Terminals that know it show what is between at once; others ignore it. */
const BEGIN_TOGETHER = '\u001b[?2026h'
const END_TOGETHER = '\u001b[?2026l'
const CLEAR_TO_END_OF_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/**
 * One write per picture, and each line cleared only behind what is written, so that nothing flickers. When the terminal
 * got narrower since, the old lines take more rows than before, and so many are gone back.
 */
export function createFrameScreen({ out, size }: Pick<Terminal, 'out' | 'size'>): FrameScreen {
  let drawn: readonly string[] = []
  let isOpen = false
  let columns = 0
  return {
    draw(lines) {
      const nowColumns = size().columns
      if (isOpen && nowColumns === columns && lines.join('\n') === drawn.join('\n')) return
      const rows = rowsOf(drawn, nowColumns)
      const back = rows > 0 ? `\u001b[${rows}A\r` : ''
      const text = lines.map((line) => `${line}${CLEAR_TO_END_OF_LINE}\n`).join('')
      out(
        `${isOpen ? '' : HIDE_CURSOR}${BEGIN_TOGETHER}${back}${text}${CLEAR_BELOW}${END_TOGETHER}`,
      )
      isOpen = true
      columns = nowColumns
      drawn = lines
    },
    close() {
      if (!isOpen) return
      isOpen = false
      drawn = []
      out(SHOW_CURSOR)
    },
  }
}

function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0)
}
