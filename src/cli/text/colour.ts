const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

export type Colour = keyof typeof CODES

/** Text in a colour, or as it is where there are none. */
export type Paint = (colour: Colour, text: string) => string

export function painter(isColoured: boolean): Paint {
  if (!isColoured) return (_colour, text) => text
  return (colour, text) => (text === '' ? '' : `\u001b[${CODES[colour]}m${text}\u001b[0m`)
}
