import { exitOnSignal } from '../../fixtures/support/exit-on-signal.ts'
import { readFlags } from '../../fixtures/support/read-flags.ts'
import { CASES, type ChaosCase, type Figure } from './cases.ts'

/*
 * npm run chaos [-- --only frozen]
 * Faults at full size, each before a gateway of its own, some four minutes in all. One line a case with its figures;
 * exit code 1 when a promise was broken or a case did not end.
 */
const { only } = readFlags({ only: { default: '' } })
/** Far more than any case takes. */
const CASE_MS = 180_000

exitOnSignal()
const chosen = CASES.filter(({ name }) => name.includes(only))
if (chosen.length === 0) {
  console.error(
    `--only: no case has "${only}" in its name; there are\n${CASES.map(({ name }) => name).join('\n')}`,
  )
  process.exit(1)
}
let broken = 0
for (const one of chosen) if (!(await isKept(one))) broken += 1
console.log(`${chosen.length - broken} kept, ${broken} broken`)
// What a case that did not end has left running ends with this process.
process.exit(broken === 0 ? 0 : 1)

async function isKept({ name, run }: ChaosCase): Promise<boolean> {
  try {
    const figures = await inTime(run())
    const texts = figures.map(figureText)
    console.log(`${name}: ${texts.join(', ')}`)
    return figures.every((figure) => isWithin(figure))
  } catch (error) {
    console.log(`${name}: BROKEN, ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

function inTime<T>(running: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`not over in ${CASE_MS} ms`)), CASE_MS)
  return Promise.race([running, late.promise]).finally(() => clearTimeout(timer))
}

function figureText(figure: Figure): string {
  const { name, value, bound } = figure
  const text = `${name} ${rounded(value)}`
  if (bound === null) return text
  return `${text} (bound ${rounded(bound)})${isWithin(figure) ? '' : ' BROKEN'}`
}

function isWithin({ value, bound }: Figure): boolean {
  return bound === null || value <= bound
}

function rounded(value: number): string {
  return (Math.round(value * 10) / 10).toLocaleString('en-US')
}
