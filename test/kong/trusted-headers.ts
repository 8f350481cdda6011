import type { Area } from './conformance.ts'
import { headerRows } from './header-cases.ts'
import { DOC, SPEC } from './sources.ts'

/** The same when the client is a trusted proxy. */
export const TRUSTED_HEADERS: Area = {
  name: 'trusted-headers',
  title: 'Proxy: headers to the upstream from a trusted proxy',
  settings: { trusted_ips: '127.0.0.1', real_ip_header: 'X-Real-IP' },
  rows: headerRows([
    {
      id: 'real-ip',
      title: 'X-Real-IP names the client',
      sent: { 'x-real-ip': '10.0.0.1' },
      seen: { 'x-real-ip': '10.0.0.1' },
    },
    {
      id: 'real-ip-none',
      title: 'Without X-Real-IP the peer is the client',
      seen: { 'x-real-ip': '127.0.0.1' },
    },
    {
      id: 'real-ip-bad',
      source: SPEC.realIp,
      title: 'What is no address is not believed',
      sent: { 'x-real-ip': 'nobody' },
      seen: { 'x-real-ip': '127.0.0.1' },
    },
    {
      id: 'forwarded-for',
      title: 'The peer is appended to X-Forwarded-For',
      sent: { 'x-forwarded-for': '10.0.0.1' },
      seen: { 'x-forwarded-for': '10.0.0.1, 127.0.0.1' },
    },
    {
      id: 'forwarded-proto',
      title: 'X-Forwarded-Proto is kept',
      sent: { 'x-forwarded-proto': 'https' },
      seen: { 'x-forwarded-proto': 'https' },
    },
    {
      id: 'forwarded-host',
      title: 'X-Forwarded-Host is kept',
      sent: { 'x-forwarded-host': 'outer.test' },
      seen: { 'x-forwarded-host': 'outer.test' },
    },
    {
      id: 'forwarded-port',
      title: 'X-Forwarded-Port is kept',
      sent: { 'x-forwarded-port': '443' },
      seen: { 'x-forwarded-port': '443' },
    },
    {
      id: 'forwarded-path',
      title: 'X-Forwarded-Path is kept',
      sent: { 'x-forwarded-path': '/outer' },
      seen: { 'x-forwarded-path': '/outer' },
    },
    {
      id: 'forwarded-prefix',
      title: 'X-Forwarded-Prefix is kept',
      sent: { 'x-forwarded-prefix': '/outer' },
      seen: { 'x-forwarded-prefix': '/outer' },
    },
    {
      id: 'defaults',
      title: 'What a trusted peer does not send is filled in',
      seen: {
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'a.test',
        'x-forwarded-path': '/a/b',
        'x-forwarded-prefix': '/a',
      },
    },
    {
      id: 'consumer-forged',
      source: DOC.keyAuth,
      title: 'X-Consumer-* of a trusted peer are removed as well',
      sent: { 'x-consumer-username': 'root' },
      seen: { 'x-consumer-username': null },
    },
  ]),
}

/** The same when the client is named by X-Forwarded-For. */
export const FORWARDED_FOR: Area = {
  name: 'forwarded-for',
  title: 'Proxy: the client by X-Forwarded-For',
  settings: { trusted_ips: '127.0.0.1,10.0.0.0/8', real_ip_header: 'X-Forwarded-For' },
  rows: headerRows([
    {
      id: 'one',
      source: SPEC.realIp,
      title: 'One address is the client',
      sent: { 'x-forwarded-for': '192.0.2.1' },
      seen: { 'x-real-ip': '192.0.2.1', 'x-forwarded-for': '192.0.2.1, 127.0.0.1' },
    },
    {
      id: 'last',
      source: SPEC.realIp,
      title: 'Of several the last that is not trusted is the client',
      sent: { 'x-forwarded-for': '192.0.2.9, 192.0.2.1' },
      seen: { 'x-real-ip': '192.0.2.1' },
    },
    {
      id: 'past-trusted',
      source: DOC.configuration,
      title: 'Trusted addresses are passed over from the right',
      sent: { 'x-forwarded-for': '192.0.2.1, 10.0.0.5' },
      seen: { 'x-real-ip': '192.0.2.1' },
    },
    {
      id: 'none',
      source: SPEC.realIp,
      title: 'Without the field the peer is the client',
      seen: { 'x-real-ip': '127.0.0.1' },
    },
  ]),
}
