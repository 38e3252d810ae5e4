import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { refuse } from '../../kernel/refusal.ts'
import { Moment } from '../contract.ts'
import { DAY_MS } from '../domain/zone-days.ts'
import type { CrewNeeds } from './crew-ports.ts'
import type { WorkNeeds } from './ports.ts'

/** How far back one may count: charts tell of longer times. */
const DAYS_MAX = 31

/** Counts what was done since a moment: for whoever asks, their day began at midnight. */
export const getToday = operation<WorkNeeds & CrewNeeds>()({
  name: 'work.get_today',
  about: 'Count what was created, started, done, and what failed since a moment, such as midnight.',
  input: z.strictObject({ since: Moment }),
  output: z.object({ created: z.int(), started: z.int(), done: z.int(), failed: z.int() }),
  access: 'task:read',
  effect: 'read',
  http: 'GET /work/today',
  mcp: null,
  cached: true,
  say: ({ created, started, done, failed }) =>
    `${done} done, ${started} started, ${created} created, ${failed} failed`,
  async run({ since }, { crew, visible, call }) {
    const moment = Date.parse(since)
    if (moment < call.now - DAYS_MAX * DAY_MS) throw tooLongAgo()
    return crew.day({ visible, since: moment })
  },
})

const tooLongAgo = () => {
  const message = `This counts ${DAYS_MAX} days at most; give a later moment.`
  return refuse('invalid', 'work.too_long_ago', message, { field: 'since' })
}
