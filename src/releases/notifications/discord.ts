import { clip } from './clip.ts'
import { escapeMarkdown } from './markdown.ts'
import type { NoticeText } from './notice-text.ts'

/** What Slack shows for Flagger's `good` and `danger`. */
const GOOD = 0x2eb886
const DANGER = 0xa30200
/** Discord's limits (embed limits): a text that is longer is refused with the whole message. */
const MOST_TITLE = 256
const MOST_TEXT = 4_096
const MOST_VALUE = 1_024

/** A message of a Discord webhook, as one embed. It calls nobody. */
export function discordMessage(
  { headline, isWarning, reason, facts, links }: NoticeText,
  atMs: number,
): object {
  const buttons = links.map(({ title, url }) => `[${title}](${url})`).join(' | ')
  const room = MOST_TEXT - buttons.length - 2
  const texts = [reason === null ? '' : clip(escapeMarkdown(reason), room), buttons]
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: clip(escapeMarkdown(headline), MOST_TITLE),
        description: texts.filter((text) => text !== '').join('\n\n'),
        color: isWarning ? DANGER : GOOD,
        timestamp: new Date(atMs).toISOString(),
        fields: facts.map(({ title, value }) => ({
          name: title,
          value: clip(escapeMarkdown(value), MOST_VALUE),
          inline: true,
        })),
      },
    ],
  }
}
