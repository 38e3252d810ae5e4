import type { RequestListener } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import type { Egress } from '../../src/platform/egress/egress.ts'
import { openEgress } from '../../src/platform/egress/egress.ts'
import type { Post } from './egress-ground.ts'
import { httpPost, refused, resolveTo } from './egress-ground.ts'

// T7: whatever is written, answered by a resolver or said in a redirect, the bait inside is never
// touched: not refused after a handshake, but not connected to.

const inside: RequestListener = (_request, response) => response.end('inside')
const bait = await httpPost(inside)
const port = bait.port
// A machine without IPv6 has nothing to touch there.
const bait6 = await httpPost(inside, '::1', port).catch(() => null)
const touched = () => bait.touched() + (bait6?.touched() ?? 0)
// The bait of a lying resolver listens at the good one's port, as an attacker would arrange it.
const twins = async (triesMax = 5): Promise<readonly [Post, Post]> => {
  const one = await httpPost((_request, response) => response.end('good'), '127.0.0.2')
  const other = await httpPost(inside, '127.0.0.1', one.port).catch(() => null)
  if (other !== null) return [one, other]
  await one.stop()
  expect(triesMax).toBeGreaterThan(0)
  return twins(triesMax - 1)
}
const [good, twin] = await twins()

afterAll(async () => {
  for (const one of [bait, bait6, good, twin]) await one?.stop()
})

const fails = async (egress: Egress, url: string): Promise<void> => {
  const refusal = await refused(egress.fetch({ timeoutMs: 5_000, redirects: 3 })(url))
  const { kind, code } = refusal
  expect({ url, kind, code }).toEqual({ url, kind: 'invalid', code: 'platform.target_refused' })
  expect(refusal.message).not.toMatch(/127|::|localhost|169\.254|loopback/)
}

/** Spellings of 127.0.0.1 and of hosts inside; each stands where a URL has its host. */
const HOSTS = [
  ...['127.0.0.1', '127.1', '127.0.1', '127.0.0.1.', '127.1.', '127.127.127.127'],
  ...['2130706433', '02130706433', '017700000001', '0x7f000001', '0x7F.1', '0x7f.0x0.0x0.0x1'],
  ...['0177.0.0.1', '0177.0x0.0.01', '00000177.0.0.1', '127.0.0.01', '127.0x1', '127.000.000.001'],
  ...['4294967296', '3232235777', '0.0.0.0', '0', '0x0', '00', '0.0.0.0.', '255.255.255.255'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]'],
  ...['[::ffff:127.0.0.1]', '[::FFFF:7F00:1]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::ffff:0:0]'],
  ...['[::127.0.0.1]', '[::7f00:1]', '[::ffff:0:127.0.0.1]', '[64:ff9b::127.0.0.1]'],
  ...['[64:ff9b::7f00:1]', '[64:ff9b:1::127.0.0.1]', '[2002:7f00:1::]', '[2002:7f00:0001::1]'],
  ...['[2001:0:4136:e378:8000:63bf:80ff:fffe]', '[2001:0:7f00:1::]', '[2001:db8::1]'],
  ...['[fe80::1]', '[fe80::1%25lo]', '[::1%25lo]', '[::1%lo]', '[fc00::1]', '[fd00:ec2::254]'],
  ...['[ff02::1]', '[fec0::1]', '[::ffff:169.254.169.254]', '[100::1]'],
  ...['localhost', 'LOCALHOST', 'localhost.', 'LocalHost', 'a.localhost', 'a.localhost.'],
  ...['localhost.localdomain', 'localhost6', 'ip6-localhost', 'intranet', 'db.internal'],
  ...['printer.local', 'metadata', 'metadata.google.internal', 'metadata.google.internal.'],
  ...['169.254.169.254', '169.254.169.254.', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376'],
  ...['100.100.100.200', '168.63.129.16', '10.0.0.1', '172.16.0.1', '192.168.0.1', '198.18.0.1'],
  ...['１２７.０.０.１', '①②⑦.⓪.⓪.①', '127。0。0。1', '127．0．0．1', '127｡0｡0｡1', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ'],
  ...['%31%32%37.0.0.1', '127%2e0%2e0%2e1', '127.0.0.1%00', '127.0.0.1%23', 'loc%61lhost'],
  ...['٠١٢٧.0.0.1', '127.0.0.1\u200b', '127\u00ad.0.0.1', 'lo\u00adcalhost', 'localho\u017ft'],
  ...['good.example@127.0.0.1', 'good.example:x@127.0.0.1', '@127.0.0.1', ':@127.0.0.1'],
  ...['127.0.0.1\\@good.example', 'good.example\\@127.0.0.1', '127.0.0.1#@good.example'],
  ...['127.0.0.1?@good.example', 'good.example%40127.0.0.1@127.0.0.1', '127.0.0.1/@good.example'],
  ...[
    '\t127.0.0.1',
    '127.0.0.1\t',
    '127.\n0.0.1',
    ' 127.0.0.1',
    '127.0.0.1\r\nHost: x',
    '\\127.0.0.1',
  ],
]

/** Names that look public; a resolver gives them an address inside. */
const NAMES = ['127.0.0.1.nip.io', 'localtest.me', 'good.example', 'xn--bcher-kva.example']
const WITHOUT_HOST = ['https:127.0.0.1', 'https:/127.0.0.1', 'https:///127.0.0.1', '//127.0.0.1']
const SCHEMES = [
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'ftp://127.0.0.1/',
  'data:,x',
  'about:blank',
]

const closed = openEgress({ allow: [], resolve: resolveTo('127.0.0.1', '::1') })
// Opens the port for other addresses, so that nothing but the address is left to refuse.
const ajar = openEgress({
  allow: [`10.9.9.9/32:${port}`, `[fd99::/16]:${port}`],
  resolve: resolveTo('127.0.0.1', '::1'),
})
afterAll(async () => {
  await closed.stop()
  await ajar.stop()
})

describe('an address inside', () => {
  test('is refused in each of its spellings, and the bait is not touched', async () => {
    expect(HOSTS.length).toBeGreaterThan(100)
    expect(new Set(HOSTS).size).toBe(HOSTS.length)
    const before = touched()
    for (const host of [...HOSTS, ...NAMES]) {
      for (const egress of [closed, ajar]) {
        await fails(egress, `https://${host}:${port}/`)
        await fails(egress, `http://${host}:${port}/`)
        await fails(egress, `https://${host}/`)
      }
    }
    expect(touched()).toBe(before)
  })

  test('is refused under other schemes and without a proper host', async () => {
    const before = touched()
    for (const start of WITHOUT_HOST) await fails(ajar, `${start}:${port}/`)
    for (const url of SCHEMES) await fails(ajar, url)
    expect(touched()).toBe(before)
  })

  test('is refused when it comes as a URL or a Request', async () => {
    const before = touched()
    for (const host of [
      '2130706433',
      '0x7f.1',
      '[::ffff:7f00:1]',
      '127。0。0。1',
      'good.example',
    ]) {
      const url = new URL(`http://${host}:${port}/`)
      for (const input of [url, new Request(url)]) {
        const refusal = await refused(ajar.fetch()(input))
        expect([host, refusal.code]).toEqual([host, 'platform.target_refused'])
      }
    }
    expect(touched()).toBe(before)
  })

  test('is refused by its text alone when a setting is saved', () => {
    for (const host of HOSTS) {
      expect(() => closed.check(`https://${host}:${port}/`)).toThrow(/may not call/)
    }
    expect(() => closed.check(`https://good.example:${port}/`)).not.toThrow()
  })
})

describe('the bait', () => {
  test('is alive: a plain client reaches it by such spellings', async () => {
    const before = touched()
    const reached = [
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '127。0。0。1',
      '１２７.０.０.１',
    ]
    for (const host of reached) {
      const response = await fetch(`http://${host}:${port}/`)
      expect(await response.text()).toBe('inside')
    }
    expect(touched()).toBeGreaterThan(before)
  })

  test('is reached when an administrator allows it, and only there', async () => {
    const open = openEgress({ allow: [`127.0.0.1/32:${port}`], resolve: resolveTo('127.0.0.1') })
    for (const host of ['127.0.0.1', 'localhost', 'ollama', 'good.example', '[::ffff:7f00:1]']) {
      const response = await open.fetch()(`http://${host}:${port}/`)
      expect(await response.text()).toBe('inside')
    }
    await fails(open, `http://127.0.0.1:${port + 1}/`)
    await fails(open, `http://127.0.0.2:${port}/`)
    await fails(open, `http://[::1]:${port}/`)
    await open.stop()
  })
})

describe('a resolver that lies', () => {
  const allow = () => [`127.0.0.2/32:${good.port}`]
  const url = () => `http://good.example:${good.port}/`

  test('is asked once per request, and its second answer is judged like its first', async () => {
    const answers = ['127.0.0.2', '127.0.0.1', '127.0.0.2']
    let asked = 0
    const egress = openEgress({
      allow: allow(),
      resolve: async () => [{ address: answers[asked++] ?? '127.0.0.1', family: 4 }],
    })
    const first = await egress.fetch()(url())
    expect(await first.text()).toBe('good')
    // The connection of the first request is still warm: that must not help the second.
    await fails(egress, url())
    const third = await egress.fetch()(url())
    expect(await third.text()).toBe('good')
    expect(asked).toBe(3)
    expect(twin.touched()).toBe(0)
    await egress.stop()
  })

  test('changes its answer between check and connect in vain', async () => {
    let read = 0
    const shifty = {
      family: 4 as const,
      get address() {
        read += 1
        return read === 1 ? '127.0.0.2' : '127.0.0.1'
      },
    }
    const egress = openEgress({ allow: allow(), resolve: async () => [shifty] })
    const response = await egress.fetch()(url())
    expect(await response.text()).toBe('good')
    expect(twin.touched()).toBe(0)
    await egress.stop()
  })

  test.each([
    [['127.0.0.2', '127.0.0.1']],
    [['127.0.0.1', '127.0.0.2']],
    [['127.0.0.2', '::1']],
    [['127.0.0.2', '169.254.169.254']],
    [['127.0.0.2', '127.1']],
    [['127.0.0.2', '::ffff:7f00:1']],
    [['127.0.0.2', 'fe80::1%lo']],
    [['127.0.0.2', 'localhost']],
    [['127.0.0.2', '']],
  ])('spoils its answer with one bad address: %j', async (answer) => {
    const before = good.touched()
    const egress = openEgress({ allow: allow(), resolve: resolveTo(...answer) })
    await fails(egress, url())
    expect([good.touched(), twin.touched()]).toEqual([before, 0])
    await egress.stop()
  })

  test('that is dead, silent or empty leaves the target away', async () => {
    const resolvers = [
      async () => [],
      () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
      () => new Promise<never>(() => {}),
    ]
    for (const resolve of resolvers) {
      const egress = openEgress({ allow: allow(), resolve })
      const refusal = await refused(egress.fetch({ timeoutMs: 100 })(url()))
      expect(refusal).toMatchObject({ kind: 'unavailable', code: 'platform.target_away' })
      await egress.stop()
    }
  })
})

test('a changed answer leads to the new address though the old connection is warm', async () => {
  const answers = ['127.0.0.2', '127.0.0.1']
  const egress = openEgress({
    allow: [`127.0.0.0/8:${good.port}`],
    resolve: async () => [{ address: answers.shift() ?? '', family: 4 }],
  })
  const texts: string[] = []
  while (answers.length > 0) {
    const response = await egress.fetch()(`http://good.example:${good.port}/`)
    texts.push(await response.text())
  }
  expect(texts).toEqual(['good', 'inside'])
  await egress.stop()
})
