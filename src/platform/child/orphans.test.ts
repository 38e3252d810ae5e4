import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { DEAF, IDLE, isAlive, nextLine, programGround, until } from '../../../test/programs.ts'
import { readProcess } from './process-table.ts'

// A hub as a process of its own, which starts one deaf program with a deaf child in a group of
// its own, prints both numbers, and is then killed like a hub that was.
const hubCode = (folder: string, home: string) => {
  const inner = `${DEAF}console.log('ready')`
  const outer = `
    const { spawn } = require('node:child_process')
    const options = { detached: true, stdio: ['ignore', 'pipe', 'ignore'] }
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(inner)}], options)
    child.stdout.once('data', () => console.log(child.pid))
    ${DEAF}`
  const launch = {
    ...{ name: 'orphan', command: process.execPath, args: ['-e', outer], env: {}, cwd: null },
    ...{ home, memoryBytesMax: 2 ** 30, isolate: 'no' },
  }
  return `
    import { openLauncher } from ${JSON.stringify(join(import.meta.dirname, 'launcher.ts'))}
    const folder = ${JSON.stringify(folder)}
    const launcher = openLauncher({ folder, now: Date.now, failed: console.error })
    const child = await launcher.start(${JSON.stringify(launch)})
    child.onLine((line) => console.log(child.pid + ' ' + line))`
}

const killedHub = async (folder: string, home: string) => {
  const args = ['--input-type=module', '-e', hubCode(folder, home)]
  const hub = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void hub.kill('SIGKILL'))
  const [line] = await once(createInterface(hub.stdout), 'line')
  const pids = String(line).split(' ').map(Number)
  hub.kill('SIGKILL')
  await once(hub, 'exit')
  return pids
}

test('the next hub ends what a killed one left running, and what that has started', async () => {
  const { root, folder, launcher, errors } = await programGround()
  const pids = await killedHub(folder, join(root, 'home'))
  expect(pids).toHaveLength(2)
  expect(await Promise.all(pids.map(isAlive))).toEqual([true, true])
  expect(await readdir(folder)).toEqual([`${pids[0]}.json`])
  expect(await launcher.sweep()).toBe(1)
  expect(await Promise.all(pids.map(isAlive))).toEqual([false, false])
  expect(await readdir(folder)).toEqual([])
  expect(await launcher.sweep()).toBe(0)
  expect(errors).toEqual([])
})

const stranger = async (): Promise<ChildProcess & { pid: number }> => {
  const program = spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' })
  onTestFinished(() => void program.kill('SIGKILL'))
  await once(program, 'spawn')
  return Object.assign(program, { pid: program.pid ?? 0 })
}

test('a process that has the number of an orphan, but not its start, is left alone', async () => {
  const { folder, launcher } = await programGround()
  const { pid } = await stranger()
  const start = (await readProcess(pid))?.start ?? ''
  const record = { pid, name: 'orphan', startedAt: 0 }
  const write = (text: string) => writeFile(join(folder, `${pid}.json`), text)
  await mkdir(folder)
  const [boot, ticks] = start.split(' ')
  for (const other of [`${boot} ${Number(ticks) - 1}`, `another-boot ${ticks}`, '']) {
    await write(JSON.stringify({ ...record, start: other }))
    expect(await launcher.sweep()).toBe(0)
    expect(await isAlive(pid)).toBe(true)
    expect(await readdir(folder)).toEqual([])
  }
  await write(JSON.stringify({ ...record, start }))
  expect(await launcher.sweep()).toBe(1)
  expect(await isAlive(pid)).toBe(false)
})

test('records that say nothing end nobody, and files of others stay', async () => {
  const { folder, launcher } = await programGround()
  const { pid } = await stranger()
  const start = (await readProcess(pid))?.start
  await mkdir(folder)
  const record = { pid, start, name: 'x', startedAt: 0 }
  await writeFile(join(folder, '1.json'), JSON.stringify({ ...record, pid: 1 }))
  await writeFile(join(folder, '0.json'), JSON.stringify({ ...record, pid: 0 }))
  await writeFile(join(folder, '77.json'), JSON.stringify(record))
  await writeFile(join(folder, '78.json'), '{"pid":')
  await writeFile(join(folder, '79.json.new'), '')
  await writeFile(join(folder, 'notes.txt'), 'of somebody')
  expect(await launcher.sweep()).toBe(0)
  expect(await readdir(folder)).toEqual(['notes.txt'])
  expect(await isAlive(pid)).toBe(true)
})

test('a sweep leaves the programs that run now', async () => {
  const { folder, launcher, start } = await programGround()
  const child = await start(`console.log('ready');${IDLE}`)
  await nextLine(child)
  expect(await launcher.sweep()).toBe(0)
  expect(await readdir(folder)).toEqual([`${child.pid}.json`])
  expect(await isAlive(child.pid)).toBe(true)
  await child.stop()
  await until('the record is gone', async () => (await readdir(folder)).length === 0)
})
