import { clip } from './clip.ts'
import type { NoticeText } from './notice-text.ts'

const MOST_TEXT = 2_900
const MOST_VALUE = 1_000

/** A message of Slack's incoming webhooks, in Flagger's colours. */
export function slackMessage({ headline, isWarning, reason, facts, links }: NoticeText): object {
  const lines = [
    ...(reason === null ? [] : [escapeSlack(clip(reason, MOST_TEXT))]),
    ...(links.length === 0 ? [] : [links.map(linkOf).join('  |  ')]),
  ]
  return {
    text: escapeSlack(clip(headline, MOST_TEXT)),
    attachments: [
      {
        color: isWarning ? 'danger' : 'good',
        fallback: escapeSlack(clip(headline, MOST_TEXT)),
        text: lines.join('\n'),
        mrkdwn_in: ['text'],
        fields: facts.map(({ title, value }) => ({
          title,
          value: escapeSlack(clip(value, MOST_VALUE)),
          short: true,
        })),
      },
    ],
  }
}

function linkOf({ title, url }: NoticeText['links'][number]): string {
  return `<${escapeSlack(url)}|${title}>`
}

/** The three characters with a meaning in Slack: with them, `<!channel>` would call everybody. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
