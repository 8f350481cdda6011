import { number, rule } from '../../model/fields.ts'

/** Parts of the bucket space that a release can tell apart: a thousandth of a percent each. */
export const SHARE_STEPS = 100_000

/** 0 to 100, as fine as 0.001. */
export const percentage = () =>
  number(0, 100).check(
    rule((value: number) =>
      isFine(value) ? null : `${value} is too fine: give at most three decimals`,
    ),
  )

function isFine(value: number): boolean {
  return Math.abs(value * 1000 - Math.round(value * 1000)) < 1e-6
}
