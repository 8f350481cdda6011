import type { Command, Option } from 'commander'

/** A word that may come next; empty description for names. */
export interface Candidate {
  readonly word: string
  readonly description: string
}

/** Names that only a gateway knows. */
export interface KnownNames {
  readonly release: () => Promise<readonly string[]>
  readonly service: () => Promise<readonly string[]>
}

/** What the last of the words may become, from the tree of commands. None: the shell offers files. */
export async function candidates(
  program: Command,
  words: readonly string[],
  names: KnownNames,
): Promise<Candidate[]> {
  const current = words.at(-1) ?? ''
  const all = await allCandidates(program, { before: words.slice(0, -1), current }, names)
  return all.filter(({ word }) => word.startsWith(current) && IS_ONE_WORD.test(word))
}

/** What no shell would take apart. */
const IS_ONE_WORD = /^[\w.,/@%+=-]+$/

interface Line {
  readonly before: readonly string[]
  readonly current: string
}

async function allCandidates(
  program: Command,
  { before, current }: Line,
  names: KnownNames,
): Promise<Candidate[]> {
  const { command, position, asked } = walk(program, before)
  const help = command.createHelp()
  if (asked !== null) return named(asked.attributeName(), asked.argChoices, names)
  if (current.startsWith('-')) {
    return help
      .visibleOptions(command)
      .flatMap(({ long, short, description }) =>
        [long, short].flatMap((word) => (word?.startsWith('--') ? [{ word, description }] : [])),
      )
  }
  if (command.commands.length > 0) {
    return help
      .visibleCommands(command)
      .map((one) => ({ word: one.name(), description: one.description() }))
  }
  const argument = command.registeredArguments[position]
  return argument === undefined ? [] : named(argument.name(), argument.argChoices, names)
}

/** Where on the tree the words have led to; `asked` is an option that wants a value next. */
function walk(program: Command, words: readonly string[]) {
  let command = program
  let position = 0
  let asked: Option | null = null
  for (const word of words) {
    if (asked !== null) asked = null
    else if (word.startsWith('-')) {
      const given = command.options.find(({ long, short }) => long === word || short === word)
      asked = given?.required ? given : null
    } else {
      const child = command.commands.find((one) => one.name() === word)
      if (child === undefined) position++
      else command = child
    }
  }
  return { command, position, asked }
}

async function named(
  name: string,
  choices: readonly string[] | undefined,
  names: KnownNames,
): Promise<Candidate[]> {
  const isKnown = name === 'release' || name === 'service'
  const words = choices ?? (isKnown ? await names[name]() : [])
  return words.map((word) => ({ word, description: '' }))
}
