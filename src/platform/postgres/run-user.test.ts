import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { canReach, chooseRunUser, hubUser, runUserOf } from './run-user.ts'

const isRoot = hubUser().uid === 0
const line = (name: string, uid: number) => `${name}:x:${uid}:${uid}::/nonexistent:/bin/false\n`
const nobody = { uid: 65_534, gid: 65_534, name: 'nobody', foreign: true }

test.runIf(isRoot)('root gives the database to guildhall, else postgres, else nobody', () => {
  const [a, b, c] = [line('nobody', 65_534), line('postgres', 101), line('guildhall', 900)]
  expect(chooseRunUser(a + b + c)).toMatchObject({ name: 'guildhall', uid: 900, foreign: true })
  expect(chooseRunUser(a + b)).toMatchObject({ name: 'postgres', uid: 101 })
  expect(chooseRunUser(a)).toMatchObject({ name: 'nobody', uid: 65_534 })
})

test.runIf(isRoot)('root without any such account is told what to do', () => {
  expect(() => chooseRunUser(line('root', 0))).toThrow('Add a user guildhall')
  expect(() => chooseRunUser(line('guildhall', 0))).toThrow('Add a user guildhall')
})

test.runIf(isRoot)('the account of an earlier start is kept', () => {
  expect(runUserOf(7, line('guildhall', 900) + line('old', 7))).toMatchObject({ name: 'old' })
})

test.skipIf(isRoot)('an ordinary user runs the database itself', () => {
  expect(chooseRunUser()).toMatchObject({ uid: process.getuid?.(), foreign: false })
})

test('a directory that is closed to others cannot be reached, nor what lies below', async () => {
  const root = await mkdtemp(join(tmpdir(), 'guildhall-reach-'))
  try {
    await chmod(root, 0o755)
    await mkdir(join(root, 'a', 'b'), { recursive: true })
    expect(canReach(nobody, join(root, 'a', 'b', 'not-there-yet'))).toBe(true)
    await chmod(join(root, 'a'), 0o700)
    expect(canReach(nobody, join(root, 'a', 'b'))).toBe(false)
    expect(canReach(hubUser(), join(root, 'a', 'b'))).toBe(true)
  } finally {
    await rm(root, { recursive: true })
  }
})
