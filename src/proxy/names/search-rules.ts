/** How short names are completed (resolv.conf(5)): in Kubernetes `shop` stands for `shop.default.svc.cluster.local`. */
export interface SearchRules {
  /** Domains to try, in this order. */
  readonly domains: readonly string[]
  /** A name with so many dots is tried as it stands first. */
  readonly ndots: number
}

const MOST_NDOTS = 15

/** Reads `search`, `domain` (the later of the two counts) and `options ndots:n`; 1 dot by default, 15 at most. */
export function parseSearchRules(resolvConf: string): SearchRules {
  let domains: readonly string[] = []
  let ndots = 1
  for (const line of resolvConf.split('\n')) {
    const [keyword, ...words] = line.trim().split(/\s+/)
    if (keyword === 'search') domains = words
    else if (keyword === 'domain') domains = words.slice(0, 1)
    else if (keyword === 'options') {
      for (const word of words) {
        const [, digits] = /^ndots:(\d+)$/.exec(word) ?? []
        if (digits !== undefined) ndots = Math.min(Number(digits), MOST_NDOTS)
      }
    }
  }
  return { domains: domains.map(withoutFinalDot).filter((domain) => domain !== ''), ndots }
}

/** The full names that a name may stand for, in the order to ask. A final dot says that it is complete. */
export function candidateNames(name: string, { domains, ndots }: SearchRules): readonly string[] {
  if (name.endsWith('.')) return [withoutFinalDot(name)]
  const completed = domains.map((domain) => `${name}.${domain}`)
  const dots = name.split('.').length - 1
  return dots >= ndots ? [name, ...completed] : [...completed, name]
}

function withoutFinalDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}
