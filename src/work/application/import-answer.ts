import { z } from 'zod'
import { Line, ProjectKey } from '../contract.ts'
import type { ImportProblem } from '../domain/import-row.ts'
import type { ImportDone, ImportWish } from './run-import.ts'

/** Problems that an answer names; the counts tell of all. */
const PROBLEMS_MAX = 1_000
const PROBLEMS_SAID = 20
const MAPPING_SAID = 40

/** The choices that every import of a foreign backlog takes. */
export const importChoices = {
  project: ProjectKey,
  name: Line(100).optional(),
  dryRun: z.boolean().default(false),
  strict: z.boolean().default(false),
}

const Counted = z.record(z.string(), z.int())

/** What an import answers. */
export const ImportAnswer = z.object({
  project: z.string(),
  dryRun: z.boolean(),
  created: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  problems: z.array(
    z.object({
      level: z.enum(['error', 'warning']),
      code: z.string(),
      line: z.int().nullable(),
      file: z.string().nullable(),
      externalId: z.string().nullable(),
      field: z.string().nullable(),
      message: z.string(),
    }),
  ),
  counts: z.object({
    tasks: z.int(),
    parents: z.int(),
    edges: Counted,
    categories: Counted,
    types: Counted,
    openInSource: z.int(),
    open: z.int(),
    queued: z.int(),
    ready: z.int(),
    finishable: z.int(),
    waves: z.array(z.int()),
    waiting: z.array(z.object({ externalId: z.string(), count: z.int() })),
    flagged: z.int(),
    archived: z.int(),
    accept: z.int(),
    comments: z.int(),
    skipped: z.int(),
    skippedEdges: z.int(),
    ignored: z.int(),
    errors: z.int(),
    warnings: z.int(),
    problems: Counted,
  }),
  mapping: z.array(
    z.object({ field: z.string(), from: z.string(), to: z.string(), count: z.int() }),
  ),
})

/** Turns what an import did into its answer. */
export const answerOf = (
  { project, dryRun }: Pick<ImportWish, 'project' | 'dryRun'>,
  { plan, created, changed, unchanged, problems }: ImportDone,
): z.output<typeof ImportAnswer> => {
  const { mapping, waves, waiting, ...counts } = plan.counts
  return {
    project,
    dryRun,
    created,
    changed,
    unchanged,
    problems: mostTelling(problems).map(({ text, ...rest }) => ({ ...rest, message: text })),
    counts: {
      ...counts,
      waves: [...waves],
      waiting: waiting.slice(0, 100).map((one) => ({ ...one })),
      errors: problems.filter(({ level }) => level === 'error').length,
      warnings: problems.filter(({ level }) => level === 'warning').length,
    },
    mapping: mapping.slice(0, PROBLEMS_MAX).map((line) => ({ ...line })),
  }
}

const mostTelling = (problems: readonly ImportProblem[]): readonly ImportProblem[] => {
  if (problems.length <= PROBLEMS_MAX) return problems
  const of = (wanted: ImportProblem['level']) => problems.filter(({ level }) => level === wanted)
  return [...of('error'), ...of('warning')].slice(0, PROBLEMS_MAX)
}

/** Says what an import did in a few lines. */
export const sayImport = (answer: z.output<typeof ImportAnswer>): string => {
  const { project, created, changed, unchanged, counts, problems } = answer
  const would = answer.dryRun ? 'Dry run, nothing is written: ' : ''
  const edges = Object.entries(counts.edges)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped on purpose` : ''
  return [
    `${would}${project}: ${created} created, ${changed} changed, ${unchanged} unchanged${skipped}.`,
    `${counts.open} open, ${counts.queued} queued, ${counts.ready} ready; ` +
      `${counts.parents} subtasks${edges.length > 0 ? `, ${edges.join(', ')}` : ''}.`,
    ...(answer.dryRun ? answer.mapping.slice(0, MAPPING_SAID).map(mappingLine) : []),
    ...(counts.errors + counts.warnings > 0
      ? [`${counted(counts.errors, 'error')}, ${counted(counts.warnings, 'warning')}:`]
      : []),
    ...mostTellingFirst(problems).slice(0, PROBLEMS_SAID).map(problemLine),
    ...(problems.length > PROBLEMS_SAID ? [`and ${problems.length - PROBLEMS_SAID} more`] : []),
  ].join('\n')
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

type Answered = z.output<typeof ImportAnswer>

const mostTellingFirst = (problems: Answered['problems']) =>
  problems.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))

const mappingLine = ({ field, from, to, count }: Answered['mapping'][number]): string =>
  `  ${field} ${from} -> ${to}: ${count}`

const problemLine = ({
  level,
  line,
  file,
  externalId,
  field,
  message,
}: Answered['problems'][0]) => {
  const where = [file, line === null ? null : `line ${line}`, externalId, field]
  return `  ${level} ${where.filter((part) => part !== null).join(' ')}: ${message}`
}
