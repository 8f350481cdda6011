/** The least that a release needs, and what a test is about. */
export function documentInput(given: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'address-v2',
    service: 'address',
    canary: { upstream_host: 'address-v2' },
    steps: [{ percentage: 10, hold: '10m' }],
    ...given,
  }
}
