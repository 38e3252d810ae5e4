import { describe, expect, test } from 'vitest'
import { readAllowList } from './allow-list.ts'
import { pinnable, readTarget } from './target.ts'

const closed = readAllowList([])

describe('without an allow list', () => {
  test.each([
    'https://example.com',
    'https://example.com/a/b?c=d#e',
    'HTTPS://EXAMPLE.COM/',
    'https://example.com:443/',
    'https://example.com:8443/',
    'https://_acme.example.com/',
    'https://xn--bcher-kva.example/',
    'https://1.1.1.1/',
    'https://[2606:4700:4700::1111]/',
    'https://[2606:4700:4700:0:0:0:0:1111]:8443/',
    'https://[64:ff9b::8.8.8.8]/',
    'https://example.com/%0d%0aX:1',
    'https://example.com/käse',
  ])('%s may be asked', (text) => {
    expect(readTarget(text, closed).guarded).toBe(false)
  })

  test.each([
    ['no scheme', 'example.com'],
    ['another scheme', 'ftp://example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['data', 'data:text/plain,x'],
    ['a script', 'javascript:alert(1)'],
    ['plain http', 'http://example.com/'],
    ['no slashes', 'https:example.com'],
    ['one slash', 'https:/example.com'],
    ['three slashes', 'https:///example.com'],
    ['backslashes', 'https:\\\\example.com'],
    ['a backslash before the at', 'https://example.com\\@evil.example/'],
    ['a user', 'https://user@example.com/'],
    ['user and password', 'https://user:pass@example.com/'],
    ['an empty user', 'https://@example.com/'],
    ['a port of the system', 'https://example.com:22/'],
    ['port 0', 'https://example.com:0/'],
    ['a port with zeros', 'https://example.com:00443/'],
    ['a port that is none', 'https://example.com:99999/'],
    ['an empty port', 'https://example.com:/'],
    ['a final dot', 'https://example.com./'],
    ['two dots', 'https://example..com/'],
    ['a blank', 'https://example.com/a b'],
    ['a blank before', ' https://example.com/'],
    ['a tab inside the host', 'https://exam\tple.com/'],
    ['a line end', 'https://example.com/\r\nX-Evil: 1'],
    ['a zero byte', 'https://example.com/\u0000'],
    ['a soft line separator', 'https://example.com/\u2028'],
    ['an international name as typed', 'https://bücher.example/'],
    ['a full-width name', 'https://ｅxample.com/'],
    ['a percent in the host', 'https://ex%61mple.com/'],
    ['a name without a dot', 'https://intranet/'],
    ['a name inside', 'https://wiki.corp/'],
    ['a name of home', 'https://nas.home.arpa/'],
    ['a long label', `https://${'a'.repeat(64)}.com/`],
    ['a long name', `https://${'a.'.repeat(130)}com/`],
    ['a long address', `https://example.com/${'a'.repeat(9_000)}`],
    ['nothing', ''],
  ])('%s is refused', (_what, text) => {
    expect(() => readTarget(text, closed)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'platform.target_refused' }),
    )
  })
})

describe('with an allow list', () => {
  const allow = readAllowList(['10.0.0.0/8:8080', '[fd00::/8]:443', '93.184.216.34/32:80'])

  test.each([
    ['http://ollama:8080/', '10.1.2.3', true],
    ['http://ollama:8080/', '::ffff:10.1.2.3', true],
    ['http://ollama:8080/', '11.1.2.3', false],
    ['http://ollama:8080/', '8.8.8.8', false],
    ['https://example.com:8080/', '10.1.2.3', true],
    ['https://example.com:8080/', '8.8.8.8', true],
    ['https://example.com:8443/', '10.1.2.3', false],
    ['https://wiki.corp/', 'fd00::1', true],
    ['https://wiki.corp/', 'fe80::1', false],
    ['https://wiki.corp/', '8.8.8.8', false],
    ['https://example.com/', 'fd00:ec2::254', false],
    ['http://example.com/', '93.184.216.34', true],
    ['http://example.com/', '93.184.216.35', false],
  ])('%s at %s: %s', (text, address, passes) => {
    const ask = () => pinnable(readTarget(text, allow), [address], allow)
    if (passes) expect(ask()).toHaveLength(1)
    else expect(ask).toThrow(/may not call/)
  })

  test('hosts that hand out credentials stay closed when everything is allowed', () => {
    const all = readAllowList(['0.0.0.0/0:443', '[::/0]:443', '0.0.0.0/0:80', '[::/0]:80'])
    const never = ['169.254.169.254', '100.100.100.200', '168.63.129.16', '[fd00:ec2::254]']
    const hosts = [...never, '[::ffff:169.254.169.254]', '[64:ff9b::a9fe:a9fe]']
    for (const url of hosts.flatMap((host) => [`https://${host}/`, `http://${host}/`])) {
      expect(() => readTarget(url, all)).toThrow(/may not call/)
    }
    expect(readTarget('http://127.0.0.1/', all).literal).toBe('127.0.0.1')
  })
})

test('addresses come back once each and IPv4 first', () => {
  const target = readTarget('https://example.com/', closed)
  const answers = ['2606:4700::1', '1.1.1.1', '::ffff:1.1.1.1', '2606:4700:0::1']
  expect(pinnable(target, answers, closed)).toEqual(['1.1.1.1', '2606:4700:0:0:0:0:0:1'])
})

test('a name without addresses is away, not refused', () => {
  const target = readTarget('https://example.com/', closed)
  expect(() => pinnable(target, [], closed)).toThrow(
    expect.objectContaining({ code: 'platform.target_away' }),
  )
})
