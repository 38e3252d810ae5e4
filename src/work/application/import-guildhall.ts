import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { notFound, refuse } from '../../kernel/refusal.ts'
import { ProjectKey } from '../contract.ts'
import { ProjectChanged, TaskImported } from '../events.ts'
import type { WorkNeeds } from './ports.ts'
import { type OwnFile, type OwnLine, readOwnFormat } from './read-own-format.ts'
import type { SaveNeeds } from './save-ports.ts'
import type { OwnKind, OwnRow, TransferNeeds } from './transfer-ports.ts'

const TEXT_CHARS_MAX = 67_108_864
/** As for other imports: all of it is one transaction with an event for each task. */
const TASKS_MAX = 20_000
const HANDLES_MAX = 5_000

type Needs = WorkNeeds & SaveNeeds & TransferNeeds

/** Imports an export of Guildhall: ids and versions stay as they were. */
export const importGuildhall = operation<Needs>()({
  name: 'work.import_guildhall',
  about: 'Import a Guildhall export: all of it or nothing. Into a hub with projects only to merge.',
  input: z.strictObject({
    text: z.string().max(TEXT_CHARS_MAX),
    project: ProjectKey.optional(),
    dryRun: z.boolean().default(false),
    /** Is always so: one wrong line keeps all out. */
    strict: z.boolean().default(true),
    merge: z.boolean().default(false),
  }),
  output: z.object({
    dryRun: z.boolean(),
    projects: z.array(z.string()),
    skipped: z.array(z.string()),
    counts: z.record(z.string(), z.int()),
  }),
  access: 'data:import',
  effect: 'write',
  bulk: true,
  http: 'POST /import/guildhall',
  mcp: null,
  orgWide: true,
  say({ dryRun, projects, skipped, counts }) {
    const told = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`)
    return [
      `${dryRun ? 'Dry run, nothing is written: ' : ''}${projects.join(' ') || 'no project'}`,
      ...(skipped.length > 0 ? [`already here: ${skipped.join(' ')}`] : []),
      ...(told.length > 0 ? [told.join(', ')] : []),
    ].join('\n')
  },
  async run({ text, project, dryRun, merge }, words) {
    const { own } = words
    const whole = readOwnFormat(text, own.kinds)
    const projects = (whole.get('project') ?? []).map(({ row }) => row)
    const wanted = projects.filter(({ key }) => project === undefined || key === project)
    if (project !== undefined && wanted.length === 0) throw notFound(project)
    const here = await own.standing(wanted.map(idOf), wanted.flatMap(keysOf))
    if (!merge && !here.isEmpty) throw notEmpty()
    if (here.takenKey !== null) throw keyTaken(here.takenKey)
    const fresh = new Set(wanted.map(idOf).filter((id) => !here.projects.has(id)))
    const file = cutDown(whole, own.kinds, fresh)
    const counts = countsOf(file)
    if (!dryRun && fresh.size > 0) await write(words, file, [...fresh])
    const namesOf = (has: boolean) =>
      wanted.filter((row) => fresh.has(idOf(row)) === has).map(({ key }) => String(key))
    return { dryRun, projects: namesOf(true), skipped: namesOf(false), counts }
  },
})

const idOf = ({ id }: OwnRow): string => String(id)

const keysOf = ({ keys }: OwnRow): readonly string[] =>
  Array.isArray(keys) ? keys.map((key) => String(key)) : []

const notEmpty = () => {
  const message = 'This hub has projects already; say --merge to add those of the file beside them.'
  return refuse('conflict', 'work.import_not_empty', message)
}

const keyTaken = (key: string) => {
  const message = `The key ${key} belongs to another project here; nothing was imported.`
  return refuse('conflict', 'work.project_key_taken', message, { key })
}

/** Keeps the lines of some projects, and of the others what leads to those lines only. */
const cutDown = (
  file: OwnFile,
  kinds: readonly OwnKind[],
  projects: ReadonlySet<string>,
): OwnFile => {
  const kept = new Map<string, readonly OwnLine[]>()
  const ids = new Map<string, ReadonlySet<unknown>>([['project', projects]])
  for (const { kind, links } of kinds) {
    const outer = links.filter(({ to }) => to !== kind)
    const rows = (file.get(kind) ?? []).filter(({ row }) =>
      kind === 'project'
        ? projects.has(idOf(row))
        : outer.every(({ field, to }) => row[field] === null || ids.get(to)?.has(row[field])),
    )
    kept.set(kind, rows)
    ids.set(kind, new Set(rows.map(({ row }) => row['id'])))
  }
  return kept
}

const countsOf = (file: OwnFile): Record<string, number> =>
  Object.fromEntries([...file].filter(([, { length }]) => length > 0).map(countOf))

const countOf = ([kind, { length }]: [string, readonly OwnLine[]]): [string, number] => [
  kind,
  length,
]

const write = async (
  words: Needs & Words,
  file: OwnFile,
  projectIds: readonly string[],
): Promise<void> => {
  const { own, imports, call } = words
  const tasks = (file.get('task') ?? []).length
  if (tasks > TASKS_MAX) {
    const message = `One import takes at most ${TASKS_MAX} tasks; import project by project.`
    throw refuse('too_many', 'work.import_too_large', message, { limit: TASKS_MAX })
  }
  const people = await peopleOf(words, file)
  for (const { kind, people: fields } of own.kinds) {
    const rows = (file.get(kind) ?? []).map(({ row }) => withIds(row, fields, people))
    if (rows.length > 0) await own.take(kind, rows, Math.trunc(call.now))
  }
  for (const projectId of projectIds) await imports.recount(projectId)
  await own.settle(projectIds)
  await tell(words, file)
}

const peopleOf = async (
  { own, newcomers, call, emit }: Needs & Words,
  file: OwnFile,
): Promise<ReadonlyMap<string, string>> => {
  const handles = new Set(own.kinds.flatMap((kind) => handlesIn(file, kind)))
  if (handles.size > HANDLES_MAX) {
    const message = `The file names ${handles.size} people; at most ${HANDLES_MAX} fit.`
    throw refuse('too_many', 'work.import_too_large', message, { limit: HANDLES_MAX })
  }
  if (handles.size === 0) return new Map()
  const found = await newcomers.ensurePlaceholders([...handles], { call, emit })
  return new Map([...found].map(([name, { id }]) => [name, id]))
}

const handlesIn = (file: OwnFile, { kind, people }: OwnKind): readonly string[] =>
  (file.get(kind) ?? []).flatMap(({ row }) =>
    people.flatMap((field) => [row[field]].flat().filter((value) => typeof value === 'string')),
  )

const withIds = (
  row: OwnRow,
  fields: readonly string[],
  people: ReadonlyMap<string, string>,
): OwnRow => {
  const idOfHandle = (value: unknown) =>
    typeof value === 'string' ? (people.get(value) ?? null) : null
  const named = fields.map((field): [string, unknown] => {
    const value: unknown = row[field]
    return [field, Array.isArray(value) ? value.map(idOfHandle) : idOfHandle(value)]
  })
  return { ...row, ...Object.fromEntries(named) }
}

const tell = async ({ saves, emit }: Needs & Words, file: OwnFile): Promise<void> => {
  for (const { row } of file.get('project') ?? []) {
    const key = String(row['key'])
    const about = { projectId: idOf(row), key, version: Number(row['version']) }
    emit(ProjectChanged({ ...about, what: 'created' }, { content: { name: String(row['name']) } }))
  }
  const tasks = file.get('task') ?? []
  const facts = await saves.facts(tasks.map(({ row }) => idOf(row)))
  for (const { row } of tasks) {
    const fact = facts.get(idOf(row))
    if (!fact) continue
    const { taskId, key, projectId, version, title, card } = fact
    const times = {
      createdAt: momentOf(row['createdAt']),
      startedAt: momentOf(row['startedAt']),
      completedAt: momentOf(row['completedAt']),
    }
    const data = { taskId, key, projectId, version, card, source: 'guildhall', times }
    const content = { title, body: String(row['body']) }
    emit(TaskImported({ ...data, ...(card.ready && { readied: 1 }) }, { content }))
  }
}

const momentOf = (value: unknown): number | null =>
  typeof value === 'string' ? Date.parse(value) : null
