/** A text of at most `most` UTF-16 units: chats refuse a message with a text that is too long as a whole. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text
    .slice(0, most - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`
}
