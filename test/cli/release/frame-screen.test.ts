import { expect, test } from 'vitest'
import { createFrameScreen } from '../../../src/cli/release/watch/frame-screen.ts'

function screenOf(columns: number) {
  const written: string[] = []
  const terminal = { columns, rows: 24 }
  const screen = createFrameScreen({
    out: (text) => void written.push(text),
    size: () => terminal,
  })
  return { screen, written, terminal }
}

test('a picture is one write, drawn over the last one, and the cursor comes back once', () => {
  const { screen, written } = screenOf(80)
  screen.draw(['one', 'two'])
  screen.draw(['one', 'two'])
  screen.draw(['three'])
  screen.close()
  screen.close()
  expect(written).toEqual([
    '\u001b[?25l\u001b[?2026hone\u001b[K\ntwo\u001b[K\n\u001b[J\u001b[?2026l',
    '\u001b[?2026h\u001b[2A\rthree\u001b[K\n\u001b[J\u001b[?2026l',
    '\u001b[?25h',
  ])
})

test('in a terminal that got narrower it goes back over the rows that the old lines take now', () => {
  const { screen, written, terminal } = screenOf(80)
  screen.draw(['x'.repeat(70), 'y'])
  terminal.columns = 40
  screen.draw(['z'])
  expect(written.at(-1)).toContain('\u001b[3A\r')
})

test('what was never drawn leaves the cursor alone', () => {
  const { screen, written } = screenOf(80)
  screen.close()
  expect(written).toEqual([])
})
