/** More targets or upstreams than this share one series, so that no configuration makes a scrape too long. */
export const SERIES = 2_000
/** What the others are called together. */
export const OTHERS = 'other'
