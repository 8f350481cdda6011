import type { HashEvidence } from '../../model/decision.ts'
import { textFromHeader } from '../../model/header-text.ts'

/** Keys from header fields hold a character per byte; shown is the text that the client meant. */
export function keyAsText({
  source,
  key,
}: {
  readonly source: HashEvidence['source']
  readonly key: string
}): string {
  return source === 'header' || source === 'cookie' ? textFromHeader(key) : key
}
