/** Random bodies for each kind of entity; FUZZ_RUNS asks for more. */
export const RUNS = positive(process.env.FUZZ_RUNS, 5000)

/** Valid entities for each property of each kind; these take several calls. */
export const PROPERTY_RUNS = Math.ceil(RUNS / 200)

const isLongRun = RUNS > 5000

/** Connections of the proxy with random bytes on them; each takes several requests. */
export const WIRE_RUNS = Math.ceil(RUNS / (isLongRun ? 5 : 20))

/** FUZZ_SEED repeats one; a long run takes another one each time, `npm test` always the same. */
export const SEED = positive(
  process.env.FUZZ_SEED,
  isLongRun ? Math.floor(Math.random() * 2 ** 31) : 20_261_121,
)

function positive(given: string | undefined, otherwise: number): number {
  if (given === undefined || given === '') return otherwise
  const number = Number(given)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Error(`'${given}' is no positive whole number`)
}

/** How to repeat these runs. */
export const REPEAT = `FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS} npm run fuzz`
