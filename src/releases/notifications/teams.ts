import { clip } from './clip.ts'
import { escapeMarkdown } from './markdown.ts'
import type { NoticeText } from './notice-text.ts'

const MOST_TEXT = 4_000
const MOST_VALUE = 1_000

/** An Adaptive Card in the envelope that a workflow of Teams takes ("when a Teams webhook request is received"). */
export function teamsMessage({ headline, isWarning, reason, facts, links }: NoticeText): object {
  const color = isWarning ? 'attention' : 'good'
  const paragraphs = [
    { text: headline, size: 'medium', weight: 'bolder', color },
    ...(reason === null ? [] : [{ text: reason }]),
  ]
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            ...paragraphs.map((paragraph) => ({
              type: 'TextBlock',
              wrap: true,
              ...paragraph,
              text: escapeMarkdown(clip(paragraph.text, MOST_TEXT)),
            })),
            {
              type: 'FactSet',
              facts: facts.map(({ title, value }) => ({
                title,
                value: escapeMarkdown(clip(value, MOST_VALUE)),
              })),
            },
          ],
          actions: links.map(({ title, url }) => ({ type: 'Action.OpenUrl', title, url })),
        },
      },
    ],
  }
}
