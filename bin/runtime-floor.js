// @ts-check
// Plain old JavaScript on purpose: this file must run on the runtimes it refuses.

/**
 * Why a Node.js version cannot run the gateway, or null when it can. Prereleases of the floor itself are refused
 * (Semantic Versioning 2.0.0, section 9: they come before it).
 * @param {string} version version that runs, as `process.versions.node` gives it
 * @param {string} range `engines.node` of package.json, `>=major.minor.patch`
 * @returns {string | null} one message that says what runs, what is needed and what to do
 * @throws {Error} when the range is written in another form
 */
export function runtimeProblem(version, range) {
  const floor = /^>=\s*(\d+\.\d+\.\d+)$/.exec(range)
  if (floor === null || floor[1] === undefined) {
    throw new Error(`engines.node in package.json must be ">=major.minor.patch", not "${range}"`)
  }
  if (isAtLeast(version, floor[1])) return null
  return [
    `this is Node.js ${version}, and the gateway needs ${floor[1]} or newer.`,
    'Older releases have known holes in their HTTP parser.',
    'In the project folder, `npm ci` brings the right one and `npm start` uses it.',
  ].join(' ')
}

/**
 * @param {string} version
 * @param {string} floor
 */
function isAtLeast(version, floor) {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)(-.+)?$/.exec(version)
  if (parts === null) return false
  const wanted = floor.split('.').map(Number)
  for (let i = 0; i < 3; i++) {
    const difference = Number(parts[i + 1]) - Number(wanted[i])
    if (difference !== 0) return difference > 0
  }
  return parts[4] === undefined
}
