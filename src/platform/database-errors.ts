import { Refusal, refuse } from '../kernel/refusal.ts'

/** What the pipeline does with a failed transaction. */
export type Retry = 'rerun' | 'reconnect' | 'no'

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  return LOST_MESSAGE.test(error.message) ? '08006' : ''
}

// What the driver says of a lost connection when it gives no code. Whole beginnings on purpose:
// a bug of ours that happens to say "ended" must not look like one.
const LOST_MESSAGE =
  /^(Connection terminated|Client (was closed|has encountered)|timeout (expired|exceeded))/

const LOST_CODE =
  /^(57P0[1-5]|08...|25P03|ECONN\w+|ENOENT|EPIPE|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|E(HOST|NET)UNREACH)$/

const isLostCode = (code: string): boolean => LOST_CODE.test(code)

/** Tells whether the connection is gone, so that nothing is known of what was sent last. */
export const isLost = (error: unknown): boolean => isLostCode(codeOf(error))

/** Tells whether a statement failed only because one before it in its transaction had failed. */
export const isEcho = (error: unknown): boolean => codeOf(error) === '25P02'

/** Tells whether a row's month has no partition yet: the one failed check that has no name. */
export const lacksPartition = (error: unknown): boolean =>
  codeOf(error) === '23514' &&
  !(error instanceof Error && 'constraint' in error && error.constraint !== undefined)

/** Tells whether a failed transaction may run again: it has not been committed. */
export const retryOf = (error: unknown): Retry => {
  const code = error instanceof DatabaseAway ? error.cause : codeOf(error)
  if (code === '40001' || code === '40P01') return 'rerun'
  if (error instanceof DatabaseAway || code === '25006') return 'reconnect'
  return 'no'
}

/** Stands for a database that cannot be reached; becomes a refusal when retries are used up. */
export class DatabaseAway extends Error {
  override readonly cause: string
  constructor(cause: string) {
    super('The database cannot be reached.')
    this.cause = cause
  }
}

/** Refuses because the database is away: reads and writes come back when it does. */
export const databaseAway = (): Refusal => {
  const message = 'The database cannot be reached; it is being brought back. Try again shortly.'
  return refuse('unavailable', 'platform.database_away', message, { retryAfterS: 1 })
}

/** Refuses a change because the disk of the database is full. */
export const diskFull = (): Refusal => {
  const message = 'The disk of the database is full. Free some space; reading still works.'
  return refuse('unavailable', 'platform.disk_full', message, { retryAfterS: 30 })
}

/** Turns what the driver throws into a refusal where it is no bug of ours; else gives it back. */
export const translated = (error: unknown): unknown => {
  if (error instanceof Refusal) return error
  const code = codeOf(error)
  if (isLostCode(code)) return new DatabaseAway(code)
  if (code === '53100') return diskFull()
  if (code === '55P03' || code === '57014' || code.startsWith('53')) {
    const message = 'The database is too busy for this; try again in a second.'
    return refuse('unavailable', 'platform.busy', message, { retryAfterS: 1 })
  }
  if (code === '22021' || code === '22P05') {
    const message = 'The text holds a character that cannot be stored (NUL); take it out.'
    return refuse('invalid', 'platform.text_not_valid', message)
  }
  return error
}
