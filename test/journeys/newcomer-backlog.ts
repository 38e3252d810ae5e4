import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** A file as a browser's dialog gives it: by its path, or made for the test. */
export type Picked = string | Readonly<{ name: string; mimeType: string; buffer: Buffer }>

const REAL = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'beads-issues.jsonl')
const ISSUES = 240
const DAY = '2026-01-05T09:00:00Z'

const issue = (number: number): string =>
  JSON.stringify({
    ...{ id: `inn-${number}`, title: `Mend room ${number}`, status: 'open' },
    ...{ priority: number % 4, issue_type: number % 5 === 0 ? 'bug' : 'task' },
    ...{ created_at: DAY, updated_at: DAY },
    // Every third waits for the one before.
    ...(number % 3 === 0 && {
      dependencies: [
        {
          ...{ issue_id: `inn-${number}`, depends_on_id: `inn-${number - 1}` },
          ...{ type: 'blocks', created_at: DAY, created_by: 'inn' },
        },
      ],
    }),
  })

/** Gives a backlog to import: a real one where it stands beside the project, else a made one. */
export const backlogFile = (): Picked => {
  if (existsSync(REAL)) return REAL
  const lines = Array.from({ length: ISSUES }, (_, at) => issue(at + 1))
  const buffer = Buffer.from(`${lines.join('\n')}\n`)
  return { name: 'issues.jsonl', mimeType: 'application/jsonl', buffer }
}
