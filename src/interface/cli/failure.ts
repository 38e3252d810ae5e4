import type { RefusalKind } from '../../kernel/refusal.ts'

/** Lists what the command line tells its caller by exit code; the numbers are stable for ever. */
export const EXIT = {
  ok: 0,
  finding: 1,
  invalid: 2,
  denied: 3,
  notFound: 4,
  conflict: 5,
  tooMany: 6,
  unavailable: 7,
  bug: 70,
  interrupted: 130,
} as const

const KIND_EXITS: Readonly<Record<RefusalKind, number>> = {
  invalid: EXIT.invalid,
  unauthenticated: EXIT.denied,
  forbidden: EXIT.denied,
  not_found: EXIT.notFound,
  conflict: EXIT.conflict,
  too_many: EXIT.tooMany,
  unavailable: EXIT.unavailable,
}

const STATUS_EXITS: ReadonlyMap<number, number> = new Map([
  [401, EXIT.denied],
  [403, EXIT.denied],
  [404, EXIT.notFound],
  [409, EXIT.conflict],
  [412, EXIT.conflict],
  [428, EXIT.conflict],
  [429, EXIT.tooMany],
  [502, EXIT.unavailable],
  [503, EXIT.unavailable],
  [504, EXIT.unavailable],
])

/** A problem document: what the hub answers, and what `--json` prints on stderr. */
export type Problem = Readonly<{ type: string; title: string } & Record<string, unknown>>

/** An expected end of a command: an exit code, a sentence and perhaps a command that helps. */
export class CliFailure extends Error {
  readonly exit: number
  readonly problem: Problem
  readonly hint: string | undefined

  constructor(exit: number, problem: Problem, hint?: string) {
    super(problem.title)
    this.name = 'CliFailure'
    this.exit = exit
    this.problem = problem
    this.hint = hint
  }
}

/** Makes a failure of the command line itself; thrown by the caller. */
export const fail = (
  kind: RefusalKind,
  title: string,
  more: Readonly<{ code?: string; hint?: string }> = {},
): CliFailure => {
  const code = more.code ?? `cli.${kind}`
  return new CliFailure(KIND_EXITS[kind], { type: `/problems/${code}`, title }, more.hint)
}

/** Turns an HTTP status into the exit code of its kind; other mistakes of ours are `invalid`. */
export const exitOfStatus = (status: number): number =>
  STATUS_EXITS.get(status) ?? (status >= 400 && status < 500 ? EXIT.invalid : EXIT.bug)

/** Turns whatever was thrown into a failure; the text of a bug stays inside the process. */
export const toFailure = (thrown: unknown): CliFailure => {
  if (thrown instanceof CliFailure) return thrown
  const title = 'The command line failed in a way we did not foresee; run it with --verbose.'
  return new CliFailure(EXIT.bug, { type: '/problems/cli.bug', title })
}

/** Reads an exit code out of an answer that is itself a finding. */
export type Verdict = (output: unknown) => number

const member = (output: unknown, name: string): unknown =>
  typeof output === 'object' && output !== null
    ? Object.entries(output).find(([key]) => key === name)?.[1]
    : undefined

/** Says 5 for a ledger that does not verify. */
const ledgerVerdict: Verdict = (output) =>
  member(output, 'ok') === false ? EXIT.conflict : EXIT.ok

/** Says 1 when rows of an import were left out because of an error. */
export const importVerdict: Verdict = (output) => {
  const problems = member(output, 'problems')
  const errors = Array.isArray(problems)
    ? problems.filter((problem) => (member(problem, 'level') ?? 'error') === 'error')
    : []
  const counted = member(output, 'errors')
  const more = Array.isArray(counted) ? counted.length : Number(counted ?? 0)
  return errors.length + more > 0 ? EXIT.finding : EXIT.ok
}

/** Commands whose answer decides their exit code, by their words. */
export const VERDICTS: Readonly<Record<string, Verdict>> = { 'ledger verify': ledgerVerdict }
