import type { ReleaseAnswer } from './release-answer.ts'

/** What one can do with a release where it stands, most likely first: commands as they are typed. */
export function nextCommands({ name, phase, waiting_for: waitingFor }: ReleaseAnswer): string[] {
  const command = (verb: string) => `canary release ${verb} ${shellWord(name)}`
  switch (phase) {
    case 'scheduled':
      return [command('start'), command('cancel')]
    case 'waiting':
      return waitingFor === 'approval'
        ? [command('approve'), command('reject'), command('rollback')]
        : [command('watch'), command('rollback')]
    case 'progressing':
      return [command('watch'), command('pause'), command('rollback')]
    case 'paused':
      return [command('resume'), command('rollback')]
    case 'baking':
      return [command('watch'), command('advance'), command('rollback')]
    case 'promoting':
    case 'rolling-back':
      return [command('watch')]
    case 'rolled-back':
    case 'failed':
      return [command('retry'), command('events')]
    case 'succeeded':
    case 'superseded':
      return []
  }
}

/** A word of a shell that stands for the text. */
export function shellWord(text: string): string {
  return /^[\w.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
