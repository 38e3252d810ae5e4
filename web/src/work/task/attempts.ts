import type { Happening } from '../../live/details.ts'

/** One try of somebody at a task. */
export type Attempt = Readonly<{
  number: number
  holder: string
  startedAt: string
  endedAt: string | null
  outcome: string | null
  summary: string | null
}>

type Open = { number: number; holder: string; startedAt: string }

/** Reads the attempts at a task out of what happened to it, the newest first. */
export const attemptsOf = (newestFirst: readonly Happening[]): readonly Attempt[] => {
  const attempts: Attempt[] = []
  let open: Open | null = null
  for (const { name, at, data } of newestFirst.toReversed()) {
    const ended = endOf(name, data)
    if (ended !== null && open !== null) {
      attempts.push({ ...open, ...ended, endedAt: at })
      open = null
    }
    if (name === 'work.task_claimed' || name === 'work.task_taken_over') {
      open = { number: Number(data['attempt']), holder: String(data['holder']), startedAt: at }
    }
  }
  if (open !== null) attempts.push({ ...open, endedAt: null, outcome: null, summary: null })
  return attempts.toReversed()
}

type End = Readonly<{ outcome: string; summary: string | null }>

const endOf = (name: string, data: Happening['data']): End | null => {
  const said = data['summary'] ?? data['note'] ?? data['question'] ?? null
  const summary = typeof said === 'string' && said !== '' ? said : null
  if (name === 'work.task_ended') return { outcome: String(data['outcome']), summary }
  if (name === 'work.task_taken_over') return { outcome: 'taken_over', summary: null }
  if (name === 'work.task_handed_back') return { outcome: 'handed_back', summary }
  if (name === 'work.task_parked') return { outcome: 'asked', summary }
  return null
}
