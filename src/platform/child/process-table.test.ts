import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { familyOf } from './family.ts'
import { readProcess, readProcessTable, readPs, type SeenProcess } from './process-table.ts'

const sleeper = async (): Promise<ChildProcess & { pid: number }> => {
  const program = spawn('/bin/sleep', ['60'], { detached: true, argv0: 'a) S 1 (b' })
  onTestFinished(() => void program.kill('SIGKILL'))
  await once(program, 'spawn')
  return Object.assign(program, { pid: program.pid ?? 0 })
}

test('a process is seen with its parent, its group, its memory and one start time', async () => {
  const { pid } = await sleeper()
  const seen = (await readProcessTable()).get(pid)
  expect(seen).toMatchObject({ pid, parent: process.pid, group: pid, isZombie: false })
  expect(seen?.rssBytes).toBeGreaterThan(100_000)
  expect((await readProcess(pid))?.start).toBe(seen?.start)
  expect((await readProcess(process.pid))?.start).not.toBe(seen?.start)
})

test('our own memory is what Node says it is', async () => {
  const rss = process.memoryUsage.rss()
  const seen = (await readProcess(process.pid))?.rssBytes ?? 0
  expect(seen / rss).toBeGreaterThan(0.8)
  expect(seen / rss).toBeLessThan(1.25)
})

test('a number that nobody has is no process', async () => {
  expect(await readProcess(2 ** 30)).toBeUndefined()
})

test.runIf(existsSync('/bin/ps'))('where there is no /proc, ps tells the same', async () => {
  const { pid } = await sleeper()
  const [seen] = await readPs(['-p', String(pid)])
  expect(seen).toMatchObject({ pid, parent: process.pid, group: pid, isZombie: false })
  expect(seen?.start).toMatch(/^\w{3} \w{3} \d{1,2} \d\d:\d\d:\d\d \d{4}$/)
  expect(seen?.rssBytes).toBeGreaterThan(100_000)
  expect((await readPs(['-ax'])).map((other) => other.pid)).toContain(process.pid)
  expect(await readPs(['-p', String(2 ** 22 - 1)])).toEqual([])
})

const leader = { pid: 10, start: 'then' }
const table = (...list: readonly Partial<SeenProcess>[]) => {
  const base = { parent: 1, group: 1, start: 'then', rssBytes: 1, isZombie: false }
  return new Map(list.map((seen) => [seen.pid ?? 0, { ...base, pid: 0, ...seen }]))
}
const pidsOf = (family: readonly SeenProcess[]) =>
  family.map(({ pid }) => pid).toSorted((a, b) => a - b)

test('a family is the group, and whoever left it, and their children', () => {
  const all = table(
    { pid: 10, group: 10, parent: 2 },
    { pid: 11, group: 10, parent: 1 },
    { pid: 12, group: 12, parent: 11 },
    { pid: 13, group: 12, parent: 12 },
    { pid: 14, group: 10, parent: 10, isZombie: true },
    { pid: 15, group: 15, parent: 2 },
    { pid: 2, group: 2 },
  )
  expect(pidsOf(familyOf(all, leader))).toEqual([10, 11, 12, 13])
})

test('whoever was seen before still belongs to it, if it is the same process', () => {
  const before = [...table({ pid: 20 }, { pid: 21, start: 'earlier' }).values()]
  const all = table({ pid: 20, group: 20 }, { pid: 21, group: 21 }, { pid: 22, parent: 20 })
  expect(pidsOf(familyOf(all, leader, before))).toEqual([20, 22])
})

test('a number that somebody else has by now leads no family of ours', () => {
  const all = table({ pid: 10, group: 10, start: 'later' }, { pid: 11, group: 10, parent: 10 })
  expect(familyOf(all, leader)).toEqual([])
})
