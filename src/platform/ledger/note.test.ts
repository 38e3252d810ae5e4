import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyText, type NoteKey, originOf, readKeys, readNote, readOrigin } from './note.ts'
import { signersOf, signNote } from './note.ts'

const keyOf = (): NoteKey => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  return { publicKey: raw, privateKey }
}

const HUB = '018f0000-0000-7000-8000-000000000001'
const ORG = '018f0000-0000-7000-8000-000000000002'
const origin = originOf(HUB, ORG, 1)
const root = Buffer.alloc(32, 5)

test('a note is three lines, an empty one, and a signature for each key', () => {
  const note = signNote({ origin, size: 12, root }, [keyOf(), keyOf()])
  const lines = note.split('\n')
  expect(lines.slice(0, 4)).toEqual([origin, '12', root.toString('base64'), ''])
  expect(lines.slice(4, 6).every((line) => line.startsWith(`\u2014 ${origin} `))).toBe(true)
  expect(lines.slice(6)).toEqual([''])
})

test('the example of the Go checksum database is read and its signature holds', () => {
  const key = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'
  const [publicKey] = readKeys(key) ?? []
  expect(publicKey).toHaveLength(32)
  expect(keyText('sum.golang.org', publicKey ?? Buffer.alloc(0))).toBe(key)
})

test('a note is signed by the keys that signed it, and by no other', () => {
  const [one, two, other] = [keyOf(), keyOf(), keyOf()]
  const note = readNote(signNote({ origin, size: 12, root }, [one, two]))
  if (!note) throw new Error('The note is read.')
  const asked = [one.publicKey, two.publicKey, other.publicKey]
  expect(signersOf(note, asked)).toEqual([one.publicKey, two.publicKey])
  expect(signersOf(note, [other.publicKey])).toEqual([])
})

test.each([
  ['another size', (note: string) => note.replace('\n12\n', '\n13\n')],
  ['another root', (note: string) => note.replace(root.toString('base64'), 'A'.repeat(43) + '=')],
])('a note with %s is worth nothing, whoever else signed it', (_, change) => {
  const one = keyOf()
  const note = readNote(change(signNote({ origin, size: 12, root }, [one])))
  if (!note) throw new Error('The note is read.')
  expect(signersOf(note, [one.publicKey])).toBeNull()
})

test.each([
  ['nothing', () => ''],
  ['no signature', (note: string) => note.slice(0, note.indexOf('\n\n') + 1)],
  ['a size with a leading zero', (note: string) => note.replace('\n12\n', '\n012\n')],
  ['a fourth line', (note: string) => note.replace('\n\n', '\nmore\n\n')],
  ['a short root', (note: string) => note.replace(root.toString('base64'), 'AAAA')],
  ['a hyphen for the dash', (note: string) => note.replace('\u2014', '-')],
  ['no line feed at the end', (note: string) => note.slice(0, -1)],
])('a text with %s is no note', (_, change) => {
  expect(readNote(change(signNote({ origin, size: 12, root }, [keyOf()])))).toBeNull()
})

test('an origin tells hub, organisation and epoch', () => {
  expect(readOrigin(origin)).toEqual({ hubId: HUB, orgId: ORG, epoch: 1 })
  expect(readOrigin(`guildhall/${HUB}/${ORG}/0`)).toBeNull()
  expect(readOrigin('example.com/log')).toBeNull()
})

test('a key file holds keys with a fitting id, one in each line, and remarks', () => {
  const [one, two] = [keyOf(), keyOf()]
  const text = [one, two].map(({ publicKey }) => keyText('guildhall/hub', publicKey)).join('\n')
  expect(readKeys(`# keys\n${text}\n`)).toEqual([one.publicKey, two.publicKey])
  expect(readKeys(text.replace('guildhall/hub', 'guildhall/hut'))).toBeNull()
  expect(readKeys('')).toBeNull()
})

test('a signature is the one of RFC 8032 over the text alone', () => {
  // The first test key of RFC 8032, section 7.1.
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex')
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  const publicKey = Buffer.from(jwk.x ?? '', 'base64url')
  expect(publicKey.toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  )
  const note = readNote(signNote({ origin, size: 0, root }, [{ publicKey, privateKey }]))
  expect(note && signersOf(note, [publicKey])).toEqual([publicKey])
})
