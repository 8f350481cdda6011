import { generate } from 'selfsigned'

/** A certificate with its key, both PEM. */
export interface MadeCertificate {
  readonly cert: string
  readonly key: string
}

export interface MadeAuthority extends MadeCertificate {
  /** A certificate of this authority for a host name or an address. */
  issue(name: string, options?: IssueOptions): Promise<MadeCertificate>
  /** An authority below this one; what it issues comes with its own certificate. */
  issueAuthority(name: string): Promise<MadeAuthority>
}

export interface IssueOptions {
  readonly notAfter?: Date
  readonly purpose?: 'server' | 'client'
}

/** An authority that vouches for itself. */
export async function makeAuthority(name: string): Promise<MadeAuthority> {
  const root = await make(name, { extensions: CA_EXTENSIONS })
  return authority(root, '')
}

/** A certificate for a name that only vouches for itself. */
export function makeSelfSignedFor(name: string): Promise<MadeCertificate> {
  return make(name, { extensions: leafExtensions(name, 'server') })
}

type GenerateOptions = NonNullable<Parameters<typeof generate>[1]>
type Extensions = NonNullable<GenerateOptions['extensions']>

const CA_EXTENSIONS: Extensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
]

function authority(own: MadeCertificate, chain: string): MadeAuthority {
  const ca = { key: own.key, cert: own.cert }
  return {
    ...own,
    async issue(name, { notAfter, purpose = 'server' } = {}) {
      const made = await make(name, {
        ca,
        extensions: leafExtensions(name, purpose),
        ...(notAfter !== undefined && { notAfterDate: notAfter }),
      })
      return { ...made, cert: made.cert + chain }
    },
    async issueAuthority(name) {
      const below = await make(name, { ca, extensions: CA_EXTENSIONS })
      return authority(below, below.cert + chain)
    },
  }
}

function leafExtensions(name: string, purpose: 'server' | 'client'): Extensions {
  const altName = /^[\d.]+$/.test(name)
    ? { type: 7 as const, ip: name }
    : { type: 2 as const, value: name }
  return [
    { name: 'basicConstraints', cA: false, critical: true },
    purpose === 'server'
      ? { name: 'extKeyUsage', serverAuth: true }
      : { name: 'extKeyUsage', clientAuth: true },
    { name: 'subjectAltName', altNames: [altName] },
  ]
}

async function make(name: string, options: GenerateOptions): Promise<MadeCertificate> {
  const pems = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date('2020-01-01'),
    notAfterDate: new Date('2126-01-01'),
    ...options,
  })
  return { cert: `${pems.cert}\n`, key: pems.private }
}
