// Three hundred tools of twenty servers, as teams have them: made from words and a seed, so that
// they are the same in each run and nobody's own. A definition costs a model about as much as those
// of the servers in our catalogue do, which are 60 to 500 tokens each.
import type { Json } from './baselines-upstream.ts'

/** Servers by the paths that they answer at. */
export const SERVERS = [
  'tickets', 'code', 'reviews', 'builds', 'releases', 'files', 'database', 'calendar', 'mail',
  'chat', 'wiki', 'drive', 'customers', 'invoices', 'monitors', 'logs', 'browser', 'designs',
  'surveys', 'search',
] as const // biome-ignore format: a list of names

/** Tools of each server. */
export const TOOLS_EACH = 15

const SEED = 20_261_121
const THINGS: Readonly<Record<(typeof SERVERS)[number], readonly string[]>> = {
  tickets: ['ticket', 'label', 'milestone'],
  code: ['repository', 'branch', 'commit'],
  reviews: ['review', 'comment', 'pull request'],
  builds: ['build', 'pipeline', 'artifact'],
  releases: ['release', 'environment', 'deployment'],
  files: ['file', 'folder', 'archive'],
  database: ['table', 'query', 'index'],
  calendar: ['event', 'attendee', 'room'],
  mail: ['message', 'thread', 'draft'],
  chat: ['channel', 'post', 'reaction'],
  wiki: ['page', 'section', 'revision'],
  drive: ['document', 'share', 'sheet'],
  customers: ['contact', 'company', 'deal'],
  invoices: ['invoice', 'payment', 'refund'],
  monitors: ['alert', 'dashboard', 'incident'],
  logs: ['log line', 'trace', 'metric'],
  browser: ['tab', 'form', 'screenshot'],
  designs: ['frame', 'component', 'style'],
  surveys: ['survey', 'question', 'answer'],
  search: ['result', 'source', 'citation'],
}

type Verb = Readonly<{ name: string; does: string; reads: boolean }>

const VERBS: readonly Verb[] = [
  { name: 'list', does: 'List every', reads: true },
  { name: 'get', does: 'Read one', reads: true },
  { name: 'create', does: 'Create a new', reads: false },
  { name: 'update', does: 'Change fields of a', reads: false },
  { name: 'find', does: 'Search by words for a', reads: true },
]
const MORE = [
  'Results come newest first, at most one page at a time; pass the cursor to read on.',
  'Names are compared without regard to case, and archived ones are left out unless asked for.',
  'Fails if you are not allowed to see it; ask an owner to add you to the group that may.',
  'Times are given in UTC, and all texts may use Markdown, which is kept as it was written.',
  'Use this before you change anything, so that you work on the state as it is now.',
  'What was there before stays in the history, from where people can restore it for a month.',
] as const

type Field = Readonly<{ name: string; schema: Json }>

const FIELDS: readonly Field[] = [
  { name: 'id', schema: { type: 'string', description: 'Its identifier, as a list gives it.' } },
  { name: 'title', schema: { type: 'string', description: 'A short title for people to read.' } },
  { name: 'body', schema: { type: 'string', description: 'The text itself, in Markdown.' } },
  {
    name: 'state',
    schema: { type: 'string', enum: ['open', 'closed', 'all'], description: 'Only in this state.' },
  },
  {
    name: 'since',
    schema: { type: 'string', format: 'date-time', description: 'Only what changed after this.' },
  },
  {
    name: 'limit',
    schema: { type: 'integer', minimum: 1, maximum: 100, description: 'How many, 30 if left out.' },
  },
  { name: 'cursor', schema: { type: 'string', description: 'Where the page before ended.' } },
  {
    name: 'labels',
    schema: {
      ...{ type: 'array', items: { type: 'string' } },
      description: 'Names of labels, all of which must be there.',
    },
  },
  {
    name: 'assignee',
    schema: {
      type: 'object',
      properties: {
        handle: { type: 'string', description: 'The account of a person or a program.' },
        notify: { type: 'boolean', description: 'Whether a message is sent to them at once.' },
      },
      required: ['handle'],
      description: 'Who is to look after it from now on.',
    },
  },
]

/** Gives numbers below one, the same ones for the same seed. */
const chanceFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const toolOf = (thing: string, { name, does, reads }: Verb, chance: () => number): Json => {
  const some = <T>(all: readonly T[], most: number): readonly T[] =>
    all.filter(() => chance() < most / all.length)
  const fields = some(FIELDS, 5)
  return {
    name: `${name}_${thing.replaceAll(' ', '_')}`,
    title: `${does} ${thing}`,
    description: [`${does} ${thing}.`, ...some(MORE, 2)].join(' '),
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field.name, field.schema])),
      required: fields.slice(0, 1).map((field) => field.name),
    },
    annotations: { readOnlyHint: reads, openWorldHint: false },
  }
}

/** Makes the tools; gives those of a path. */
export const toolsAt = (): ((path: string) => readonly Json[]) => {
  const chance = chanceFrom(SEED)
  const all = new Map(
    SERVERS.map((server) => [
      `/${server}`,
      THINGS[server].flatMap((thing) => VERBS.map((verb) => toolOf(thing, verb, chance))),
    ]),
  )
  return (path) => all.get(path) ?? []
}
