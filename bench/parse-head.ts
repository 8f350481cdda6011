import { SETTINGS_SCHEMA } from '../src/model/settings.ts'
import { compileTrust, type TrustPolicy } from '../src/proxy/head/client-address.ts'
import { parseHead, type RawHead } from '../src/proxy/head/parse-head.ts'
import { limitsOf } from '../src/proxy/limits.ts'

/** Processor time per head, in microseconds: median of several rounds. `node bench/parse-head.ts` */

const LIMITS = limitsOf(SETTINGS_SCHEMA.parse({}))
const ROUNDS = 9
const BATCHES_PER_ROUND = 20
const HEADS_PER_BATCH = 2_000

const PEER = {
  peerAddress: '127.0.0.1',
  listenerPort: 8000,
  isTls: false,
  serverName: null,
  httpVersion: '1.1',
}

const BROWSER: RawHead = {
  ...PEER,
  method: 'GET',
  target: '/catalog/shoes/42?colour=green&size=42',
  rawHeaders: [
    ...['Host', 'shop.example.com', 'Connection', 'keep-alive'],
    ...['sec-ch-ua', '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"'],
    ...['sec-ch-ua-mobile', '?0', 'Upgrade-Insecure-Requests', '1'],
    'User-Agent',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    ...['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'],
    ...['Sec-Fetch-Site', 'same-origin', 'Sec-Fetch-Mode', 'navigate'],
    ...['Referer', 'https://shop.example.com/catalog/shoes'],
    ...['Accept-Encoding', 'gzip, deflate, br, zstd', 'Accept-Language', 'en-GB,en;q=0.9,de;q=0.8'],
  ],
}

const API_CALL: RawHead = {
  ...PEER,
  method: 'POST',
  target: '/v1/orders',
  rawHeaders: [
    ...['Host', 'api.example.com', 'apikey', 'b2f1c0a4d6e84f0e'],
    ...['Content-Type', 'application/json', 'Content-Length', '128'],
  ],
}

const nobody = compileTrust({ trusted_ips: [], real_ip_header: 'X-Real-IP' })
const balancer = compileTrust({ trusted_ips: ['127.0.0.1'], real_ip_header: 'X-Forwarded-For' })
const FORWARDED = ['X-Forwarded-For', '203.0.113.7', 'X-Forwarded-Proto', 'https']

const cases = [
  { name: 'browser, 12 fields', head: BROWSER, trust: nobody },
  { name: 'API call, 4 fields', head: API_CALL, trust: nobody },
  {
    name: 'browser behind a balancer, 14 fields',
    head: { ...BROWSER, rawHeaders: [...BROWSER.rawHeaders, ...FORWARDED] },
    trust: balancer,
  },
]

for (const { name, head, trust } of cases) {
  const rounds = Array.from({ length: ROUNDS }, () => roundMicroseconds(head, trust))
  const median = rounds.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN
  console.log(`${name.padEnd(40)} ${median.toFixed(3)} µs`)
}

/** Batches of heads made of new strings, as a parser makes them: a string that was looked up before is cheaper. */
function roundMicroseconds(head: RawHead, trust: TrustPolicy): number {
  let used = 0
  for (let batch = 0; batch < BATCHES_PER_ROUND; batch++) {
    const heads = Array.from({ length: HEADS_PER_BATCH }, () => freshCopy(head))
    const before = process.cpuUsage()
    let accepted = 0
    for (const fresh of heads) if (parseHead(fresh, trust, LIMITS).kind === 'request') accepted++
    const { user, system } = process.cpuUsage(before)
    used += user + system
    if (accepted !== HEADS_PER_BATCH) throw new Error('a good head was refused')
  }
  return used / (BATCHES_PER_ROUND * HEADS_PER_BATCH)
}

function freshCopy(head: RawHead): RawHead {
  return { ...head, target: fresh(head.target), rawHeaders: head.rawHeaders.map(fresh) }
}

function fresh(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
