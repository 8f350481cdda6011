/**
 * What compiling a pattern comes to, in instructions of the compiled program; some two microseconds each. Never less
 * than the program has, but for what RE2 itself refuses: repetitions are multiplied, and character classes that are
 * expensive to build or copy count as many instructions as take as long.
 * Reads RE2 syntax (github.com/google/re2/wiki/Syntax) as far as it takes to count; invalid patterns get some number.
 */
export function patternSize(pattern: string, ignoresCase: boolean): number {
  const isFolded = ignoresCase || FOLDING_FLAG.test(pattern)
  const groups = [emptyGroup()]
  let built = 0
  for (let at = 0; at < pattern.length; ) {
    const text = partAt(pattern, at)
    at += text.length
    const group = groups.at(-1) as Group
    if (FLAGS_ALONE.test(text) || text === '\\E' || text === '\\Q\\E') continue
    if (text.startsWith('(')) groups.push(emptyGroup())
    else if (text === ')') {
      if (groups.length > 1) groups.pop()
      add(groups.at(-1) as Group, Math.max(group.size, 1) + CAPTURE_SIZE)
    } else if (text === '|') group.size += ALTERNATIVE_SIZE
    else if (text === '*' || text === '+' || text === '?') repeatAtWill(group)
    else if (REPETITION.test(text)) repeat(group, text)
    else if (text.startsWith('\\Q')) {
      // A repetition after it is about its last character.
      group.size += text.length
      add(group, 1)
    } else {
      add(group, copySize(text))
      built += buildSize(text, isFolded)
    }
  }
  return Math.ceil(built) + groups.reduce((sum, { size }) => sum + size, 0)
}

/** A group, or all that stands outside of groups; `last` is the part of it that a repetition is about. */
interface Group {
  size: number
  last: number
}

const CAPTURE_SIZE = 2
const ALTERNATIVE_SIZE = 2

/** Groups of flags can turn case off for all that follows; which parts follow is not looked at. */
const FOLDING_FLAG = /\(\?[a-zA-Z]*i/
const FLAGS_ALONE = /^\(\?[a-zA-Z-]*\)$/
const REPETITION = /^\{(\d+)(,(\d*))?\}$/
/** More is refused by the engine, whose limit this is. */
const MAX_REPETITIONS = 1000

function emptyGroup(): Group {
  return { size: 0, last: 0 }
}

function add(group: Group, size: number): void {
  group.size += size
  group.last = size
}

/**
 * What matches nothing takes two instructions to repeat. Another repetition may follow behind a group of flags, and is
 * about the repeated part then.
 */
function repeatAtWill(group: Group): void {
  group.size += 2
  group.last += 2
}

/** `x{2,5}` is `xx(x(xx?)?)?`: a copy each, and an instruction to leave out what may be missing. */
function repeat(group: Group, text: string): void {
  const [, least = '', more, most = ''] = REPETITION.exec(text) ?? []
  const given = more === undefined ? Number(least) : most === '' ? Number(least) + 1 : Number(most)
  const repeated = Math.min(given, MAX_REPETITIONS + 1) * (group.last + 1)
  group.size += repeated - group.last
  group.last = repeated
}

/**
 * What begins at this place and counts together: an escape, a quotation, a class, the start of a group, a repetition,
 * a character.
 */
function partAt(pattern: string, start: number): string {
  PART.lastIndex = start
  return PART.exec(pattern)?.[0] ?? pattern.charAt(start)
}

const PROPERTY_NAME = String.raw`\\[pP](?:\{[^}]*\}|.)`
const CODE_POINT = String.raw`\\x(?:\{[^}]*\}|..)`
const CLASS_MEMBER = String.raw`\[:\^?\w+:\]|\\[^]|[^\]]`
const PART = new RegExp(
  [
    PROPERTY_NAME,
    CODE_POINT,
    String.raw`\\Q(?:(?!\\E)[^])*(?:\\E)?`,
    String.raw`\\[^]`,
    String.raw`\[\^?\]?(?:${CLASS_MEMBER})*\]?`,
    String.raw`\(\?[a-zA-Z-]*\)`,
    String.raw`\((?:\?(?:P?<\w*>|[a-zA-Z-]*:)?)?`,
    String.raw`\{\d+(?:,\d*)?\}`,
    '[^]',
  ].join('|'),
  'uy',
)

/** Copies of a class share nothing: each is looked at again, range by range. */
function copySize(text: string): number {
  const ranges = text.length / CLASS_LENGTH_PER_INSTRUCTION
  return 1 + Math.floor(ranges) + INSTRUCTIONS_PER_PROPERTY * propertyCount(text)
}

/** A Unicode category has hundreds of ranges. */
const INSTRUCTIONS_PER_PROPERTY = 10
const CLASS_LENGTH_PER_INSTRUCTION = 64

/** Building a class once. Without case, every character in it is looked up in a table. */
function buildSize(text: string, isFolded: boolean): number {
  const properties = propertyCount(text) * (isFolded ? 180 : 25)
  return isFolded ? properties + rangeSpan(text) / FOLDED_CHARACTERS_PER_INSTRUCTION : properties
}

const FOLDED_CHARACTERS_PER_INSTRUCTION = 28

function propertyCount(text: string): number {
  return text.startsWith('\\') || text.startsWith('[') ? (text.match(PROPERTY)?.length ?? 0) : 0
}

const PROPERTY = /\\[pP]/g

/** How many characters the ranges of a class have in all. */
function rangeSpan(text: string): number {
  if (!text.startsWith('[')) return 0
  let span = 0
  for (const [, first = '', last = ''] of text.matchAll(RANGE)) {
    span += Math.max(0, codePoint(last) - codePoint(first))
  }
  return span
}

const MEMBER = String.raw`${CODE_POINT}|\\[0-7]+|\\[^]|[^]`
const RANGE = new RegExp(`(${MEMBER})-(${MEMBER})`, 'gu')

function codePoint(member: string): number {
  const [, hexadecimal, octal] = /^\\(?:x\{?([0-9a-f]+)\}?|([0-7]+))$/i.exec(member) ?? []
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal, 16)
  if (octal !== undefined) return Number.parseInt(octal, 8)
  return member.codePointAt(member.startsWith('\\') ? 1 : 0) ?? 0
}
