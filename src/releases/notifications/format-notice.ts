import type { Notification } from '../document/notification.ts'
import { discordMessage } from './discord.ts'
import { flaggerEvent } from './flagger-event.ts'
import type { NoticeMessage } from './notice-message.ts'
import { noticeText } from './notice-text.ts'
import { slackMessage } from './slack.ts'
import { teamsMessage } from './teams.ts'

type Format = Notification['format']

const FORMATS = {
  json: flaggerEvent,
  slack: (message) => slackMessage(noticeText(message)),
  teams: (message) => teamsMessage(noticeText(message)),
  discord: (message) => discordMessage(noticeText(message), message.atMs),
} satisfies { [F in Format]: (message: NoticeMessage) => object }

/** The body that is sent, as an object for JSON. */
export function formatNotice(format: Format, message: NoticeMessage): object {
  return FORMATS[format](message)
}
