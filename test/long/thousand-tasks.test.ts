import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'

// P1 in full: sixty-four worker processes, a thousand tasks, a quarter of the workers killed.
const TASKS = 1_000
const WORKERS = 64
const RUN_MS = 9 * 60_000

const Told = z.looseObject({
  tasks: z.int(),
  doubleClaims: z.int(),
  lostUpdates: z.int(),
  reclaimed: z.int(),
  manualRepairs: z.int(),
  ledgerVerified: z.boolean(),
})

/** A backlog in which every tenth task waits for the one before it. */
const backlog = (): string =>
  Array.from({ length: TASKS }, (_, index) => {
    const id = `bd-${index}`
    const before = { issue_id: id, depends_on_id: `bd-${index - 1}`, type: 'blocks' }
    return JSON.stringify({
      id,
      title: `Task ${index}`,
      status: 'open',
      priority: index % 5,
      issue_type: 'task',
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
      dependencies: index % 10 === 9 ? [before] : [],
    })
  }).join('\n')

test(
  'sixty-four processes clear a thousand tasks, and none is doubled, lost or left',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guildhall-long-'))
    try {
      const file = join(folder, 'backlog.jsonl')
      await writeFile(file, `${backlog()}\n`)
      const words = ['scripts/demo-backlog.ts', '--from', file, '--workers', String(WORKERS)]
      const { stdout } = await promisify(execFile)(process.execPath, [...words, '--json'], {
        timeout: RUN_MS,
        maxBuffer: 16 * 1024 * 1024,
      })
      const told = Told.parse(JSON.parse(stdout))
      expect(told).toMatchObject({
        tasks: TASKS,
        doubleClaims: 0,
        lostUpdates: 0,
        manualRepairs: 0,
        ledgerVerified: true,
      })
      expect(told.reclaimed).toBeGreaterThan(0)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
  RUN_MS + 30_000,
)
