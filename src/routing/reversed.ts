/** The text backwards, as the keys of trees are that are walked from the end of a host. */
export function reversed(text: string): string {
  return Array.from({ length: text.length }, (_, i) => text[text.length - 1 - i]).join('')
}
