import { createCipheriv, createDecipheriv, randomBytes, randomFillSync } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, describe, expect, test } from 'vitest'
import type { RootKey } from '../../src/platform/keyring/root.ts'
import { openRootKey } from '../../src/platform/keyring/root-key.ts'

// One suite over every place where a root key can be. The transit engine is a local server that
// speaks its wire: versions, associated data, and the answers of a sealed or refusing server.

const random = (bytes: Uint8Array) => randomFillSync(bytes)
const opening = { random }
const made: string[] = []
const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'guildhall-keyring-'))
  made.push(path)
  return path
}
const closers: (() => Promise<unknown>)[] = []

afterAll(async () => {
  for (const close of closers) await close()
  for (const path of made) await rm(path, { recursive: true, force: true })
})

type Engine = { sealed: boolean; refused: boolean; garbled: boolean; version: number }
type Asked = { plaintext?: string; ciphertext?: string; associated_data?: string }

const TOKEN = 'hvs.test-token'

/** Encrypts as the engine does: one key per version, named in front of the text. */
const engineKeys = () => {
  const keys = new Map<number, Buffer>()
  const keyOf = (version: number) => {
    const key = keys.get(version) ?? randomBytes(32)
    keys.set(version, key)
    return key
  }
  return {
    encrypt(version: number, { plaintext = '', associated_data = '' }: Asked) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyOf(version), nonce)
      cipher.setAAD(Buffer.from(associated_data, 'base64'))
      const body = [nonce, cipher.update(Buffer.from(plaintext, 'base64')), cipher.final()]
      return `vault:v${version}:${Buffer.concat([...body, cipher.getAuthTag()]).toString('base64')}`
    },
    decrypt({ ciphertext = '', associated_data = '' }: Asked) {
      const [, version = '', body = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? []
      const bytes = Buffer.from(body, 'base64')
      const key = keyOf(Number(version))
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      decipher.setAAD(Buffer.from(associated_data, 'base64'))
      decipher.setAuthTag(bytes.subarray(-16))
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
    },
  }
}

const startEngine = async () => {
  const state: Engine = { sealed: false, refused: false, garbled: false, version: 1 }
  const keys = engineKeys()
  const server = createServer((request, response) => {
    const answer = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const work = async () => {
      const asked: Asked = JSON.parse(await readAll(request))
      if (state.sealed) return answer(503, { errors: ['Vault is sealed'] })
      if (state.refused || request.headers['x-vault-token'] !== TOKEN) {
        return answer(403, { errors: ['permission denied'] })
      }
      if (state.garbled) return response.writeHead(200).end('<html>a proxy</html>')
      const [, verb] = /^\/v1\/transit\/(encrypt|decrypt)\/guildhall$/.exec(request.url ?? '') ?? []
      if (request.method !== 'POST' || !verb) return answer(404, { errors: [] })
      if (verb === 'encrypt') {
        const ciphertext = keys.encrypt(state.version, asked)
        return answer(200, { data: { ciphertext, key_version: state.version } })
      }
      try {
        return answer(200, { data: { plaintext: keys.decrypt(asked).toString('base64') } })
      } catch {
        return answer(400, { errors: ['cipher: message authentication failed'] })
      }
    }
    work().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('No port was opened.')
  return { state, url: `http://127.0.0.1:${address.port}` }
}

const transit = (url: string, token = TOKEN) =>
  openRootKey({ kind: 'transit', url, name: 'guildhall', token: () => token, fetch }, opening)

type Place = readonly [name: string, open: () => Promise<readonly [RootKey, RootKey]>]

/** Each place opens twice the same key: as two processes of a hub do. */
const twice = async (open: () => Promise<RootKey>) => [await open(), await open()] as const
const value = () => randomBytes(32).toString('base64url')
const places: readonly Place[] = [
  [
    'a file',
    async () => {
      const path = join(await folder(), 'root.key')
      const mayMake = async () => true
      return twice(() => openRootKey({ kind: 'file', path }, { random, mayMake }))
    },
  ],
  [
    'a command',
    async () => {
      const argv = ['/bin/echo', value()]
      return twice(() => openRootKey({ kind: 'command', argv }, opening))
    },
  ],
  [
    'a value',
    async () => {
      const text = value()
      return twice(() => openRootKey({ kind: 'value', text }, opening))
    },
  ],
  [
    'a transit engine',
    async () => {
      const { url } = await startEngine()
      return twice(() => transit(`${url}/`))
    },
  ],
]

const aad = (text: string) => new TextEncoder().encode(text)

describe.each(places)('a root key in %s', (_name, open) => {
  test('opens what it wrapped, also in another process', async () => {
    const [one, other] = await open()
    for (const bytes of [randomBytes(32), Buffer.of(0), randomBytes(64)]) {
      const text = await one.wrap(bytes, aad('here'))
      expect(Buffer.from((await other.unwrap(text, aad('here'))) ?? [])).toEqual(bytes)
    }
    expect(one.id).toBe(other.id)
  })

  test('wraps nothing twice in the same way', async () => {
    const [one] = await open()
    const bytes = randomBytes(32)
    const texts = await Promise.all(Array.from({ length: 20 }, () => one.wrap(bytes, aad('x'))))
    expect(new Set(texts).size).toBe(20)
  })

  test('does not open with another binding, nor what was changed or is foreign', async () => {
    const [one] = await open()
    const text = await one.wrap(randomBytes(32), aad('here'))
    expect(await one.unwrap(text, aad('there'))).toBeNull()
    const at = text.length - 10
    const changed = text.slice(0, at) + (text.charAt(at) === 'A' ? 'B' : 'A') + text.slice(at + 1)
    expect(await one.unwrap(changed, aad('here'))).toBeNull()
    for (const foreign of ['', 'x', 'vault:v1:', `vault:v1:${value()}=`, value()]) {
      expect(await one.unwrap(foreign, aad('here'))).toBeNull()
    }
  })

  test('wraps anew what it has wrapped', async () => {
    const [one, other] = await open()
    const bytes = randomBytes(32)
    const text = await one.wrap(bytes, aad('here'))
    const again = (await one.rewrap(text, aad('here'))) ?? ''
    expect(again).not.toBe(text)
    expect(Buffer.from((await other.unwrap(again, aad('here'))) ?? [])).toEqual(bytes)
    expect(await one.rewrap(text, aad('there'))).toBeNull()
  })
})

test('a wrap anew takes the newest version of a transit key, and old ones still open', async () => {
  const { url, state } = await startEngine()
  const root = await transit(url)
  const text = await root.wrap(Buffer.from('kept'), aad('a'))
  state.version = 2
  expect(Buffer.from((await root.unwrap(text, aad('a'))) ?? []).toString()).toBe('kept')
  expect(await root.rewrap(text, aad('a'))).toMatch(/^vault:v2:/)
})

test('a key server that seals, refuses or is none makes the hub say what to do', async () => {
  const { url, state } = await startEngine()
  const root = await transit(url)
  const told = async (call: Promise<unknown>) => {
    const error: unknown = await call.catch((reason: unknown) => reason)
    expect(JSON.stringify(error) + String(error)).not.toContain(TOKEN)
    return error
  }
  const wrap = () => told(root.wrap(Buffer.from('x'), aad('a')))
  state.sealed = true
  expect(await wrap()).toMatchObject({ kind: 'unavailable', code: 'platform.root_key_sealed' })
  Object.assign(state, { sealed: false, refused: true })
  expect(await wrap()).toMatchObject({ kind: 'unavailable', code: 'platform.root_key_refused' })
  Object.assign(state, { refused: false, garbled: true })
  expect(await wrap()).toMatchObject({ code: 'platform.root_key_unexpected' })
  const wrong = await transit(url, 'hvs.other')
  expect(await told(wrong.wrap(Buffer.from('x'), aad('a')))).toMatchObject({
    code: 'platform.root_key_refused',
  })
  const nobody = await transit('http://127.0.0.1:1')
  expect(await told(nobody.unwrap('vault:v1:AAAA', aad('a')))).toMatchObject({
    code: 'platform.root_key_away',
  })
})

test('a key file is made once, for its owner only, and never over sealed data', async () => {
  const path = join(await folder(), 'root.key')
  const refuseIt = async () => false
  const missing = openRootKey({ kind: 'file', path }, { random, mayMake: refuseIt })
  await expect(missing).rejects.toMatchObject({ code: 'platform.root_key_missing' })
  await expect(openRootKey({ kind: 'file', path }, opening)).rejects.toMatchObject({
    code: 'platform.root_key_missing',
  })
  const mayMake = async () => true
  const both = await Promise.all([
    openRootKey({ kind: 'file', path }, { random, mayMake }),
    openRootKey({ kind: 'file', path }, { random, mayMake }),
  ])
  expect(both[0].id).toBe(both[1].id)
  expect((await stat(path)).mode & 0o777).toBe(0o400)
  expect(Buffer.from((await readFile(path, 'utf8')).trim(), 'base64url')).toHaveLength(32)
  await chmod(path, 0o444)
  await expect(openRootKey({ kind: 'file', path }, opening)).rejects.toMatchObject({
    code: 'platform.root_key_too_open',
  })
})

test('what is no key stops the start without being repeated', async () => {
  const path = join(await folder(), 'other.key')
  const bad = 'hunter2-hunter2-hunter2'
  await writeFile(path, bad, { mode: 0o400 })
  for (const source of [
    { kind: 'file', path },
    { kind: 'value', text: bad },
    { kind: 'command', argv: ['/bin/echo', bad] },
  ] as const) {
    const error: unknown = await openRootKey(source, opening).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ kind: 'invalid', code: 'platform.root_key_not_valid' })
    expect(String(error)).not.toContain('hunter2')
  }
})

test('a command that fails, does not exist or prints too much stops the start', async () => {
  const of = (...argv: string[]) =>
    openRootKey({ kind: 'command', argv }, opening).catch((reason: unknown) => reason)
  for (const argv of [[], ['/bin/false'], ['/nowhere/at-all'], ['/bin/sh', '-c', 'yes']]) {
    expect(await of(...argv)).toMatchObject({ code: 'platform.root_key_command_failed' })
  }
})

test('the same key in hex, base64 and base64url is one key', async () => {
  const bytes = randomBytes(32)
  const texts = ['hex', 'base64', 'base64url'] as const
  const roots = await Promise.all(
    texts.map((form) => openRootKey({ kind: 'value', text: `${bytes.toString(form)}\n` }, opening)),
  )
  expect(new Set(roots.map(({ id }) => id)).size).toBe(1)
  expect(roots[0]?.id).not.toContain(bytes.toString('hex').slice(0, 8))
})
