/** The addresses that are known of names, in lower case; none known: undefined. Never an empty list. */
export interface NameAddresses {
  get(name: string): readonly string[] | undefined
}

export const NO_ADDRESSES: NameAddresses = new Map<string, readonly string[]>()
