/** A text that Markdown shows as it is, in Teams and in Discord. */
export function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-!|<>~]/g, '\\$&')
}
