/** `npm run endurance` runs at the size that is promised, `npm test` at one that shows that the run itself works. */
export const IS_FULL = process.env.ENDURANCE === 'full'

export const MEBIBYTE = 1024 * 1024
