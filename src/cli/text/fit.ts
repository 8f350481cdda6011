import stringWidth from 'string-width'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Columns that text without colours takes on a terminal. */
export function widthOf(text: string): number {
  return stringWidth(text)
}

/** Names and reasons are written by others: what would move the cursor or turn the text around is taken out. */
export function harmless(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(CONTROL, '')
}

/** Text in at most so many columns; what is cut off is an ellipsis. Without colours. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ''
  let kept = ''
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** Text in exactly so many columns. */
export function padded(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const short = cut(text, columns)
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(short)))
  return side === 'left' ? `${short}${blanks}` : `${blanks}${short}`
}
