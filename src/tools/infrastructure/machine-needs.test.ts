import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { missingNeeds, withMachineNeeds } from './machine-needs.ts'

const entry = {
  key: 'bell',
  needs: [
    { title: 'Browser', programs: ['fox', 'otter'], parameter: 'browser', install: 'apt get fox' },
    { title: 'Git', programs: ['git'], install: 'apt install git' },
  ],
}

const machine = (...programs: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-needs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of programs) {
    writeFileSync(join(folder, name), '')
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

test('a parameter that names a program is filled in from the machine', async () => {
  const path = machine('otter', 'git')
  const values = await withMachineNeeds(entry, { browser: [], other: ['x'] }, path)
  expect(values).toEqual({ browser: [join(path, 'otter')], other: ['x'] })
})

test('a program that was named is used, and refused when it is none', async () => {
  const path = machine('fox', 'git', 'own')
  const own = join(path, 'own')
  expect(await withMachineNeeds(entry, { browser: [own] }, path)).toEqual({ browser: [own] })
  chmodSync(own, 0o644)
  const refused = { code: 'tools.machine_lacks', details: { need: 'Browser' } }
  // Whoever runs as root may read everything, but may still not start what nobody may start.
  await expect(withMachineNeeds(entry, { browser: [own] }, path)).rejects.toMatchObject(refused)
})

test('what is missing is refused with the way to install it', async () => {
  const path = machine('fox')
  mkdirSync(join(path, 'git'))
  const refused = { code: 'tools.machine_lacks', details: { install: 'apt install git' } }
  await expect(withMachineNeeds(entry, {}, path)).rejects.toMatchObject(refused)
  expect((await missingNeeds(entry, path)).map(({ title }) => title)).toEqual(['Git'])
})
