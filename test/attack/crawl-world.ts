import type { House } from '../../src/main/compose.ts'
import type { Actor } from '../../src/kernel/actor.ts'
import { Refusal } from '../../src/kernel/refusal.ts'
import { inputSchema } from '../../src/interface/http/input.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { askFor, wishOf } from '../approvals.ts'
import { bench } from '../bench.ts'
import { knownOf, type Names, ownSource, valuesOf } from './crawl-names.ts'
import { type Run, seedTools } from './crawl-tools.ts'
import { fits, type Source, sampleOf } from './samples.ts'

/** An organisation of the bench. */
export type Org = Awaited<ReturnType<typeof bench>>

/** An organisation full of texts, with the keys of its people. */
export type Seeded = Readonly<{
  org: Org
  names: Names
  keys: Readonly<Record<'owner' | 'member' | 'agent', string>>
  /** Secrets that were shown while it was seeded. */
  secrets: readonly string[]
  /** What of the seeds was refused, and what broke on the way: sentences. */
  refused: readonly string[]
  broken: readonly string[]
  /** The lease that the agent holds. */
  lease: string
}>

type Notes = { refused: string[]; broken: string[]; secrets: string[] }
type Step = Readonly<{ run: Run; names: Names; keys: (output: unknown) => string }>

/** Fills a fresh organisation through operations; `rich` tries every operation that makes. */
export const seed = async (house: House, names: Names, rich: boolean): Promise<Seeded> => {
  const org = await bench()
  const notes: Notes = { refused: [], broken: [], secrets: [org.ownerKey] }
  const keyOf = (output: unknown): string => {
    const key: unknown = Reflect.get(Object(output), 'key')
    if (typeof key !== 'string') {
      const why = [...notes.refused, ...notes.broken].at(-1) ?? JSON.stringify(output)
      throw new Error(`Who was made got no key: ${why}`)
    }
    notes.secrets.push(key)
    return key
  }
  const base = runnerOf(house, org, notes)
  await base('work.create_project', { key: 'GH', name: names.text() })
  await base('work.create_project', { key: names.project, name: names.text() })
  const projects = ['GH', names.project]
  const member = await base('identity.create_person', { handle: `${names.handle}-m` })
  const agent = await base('identity.create_agent', { name: names.handle, projects })
  const keys = { owner: org.ownerKey, member: keyOf(member), agent: keyOf(agent) }
  const worker = await house.hall.authenticate(keys.agent)
  const run = runnerOf(house, org, notes, worker)
  const step = { run, names, keys: keyOf }
  await seedPeople(step)
  for (const project of projects) await seedProject(step, project, rich ? 12 : 3)
  const lease = await seedWork(step, rich ? 8 : 1)
  await seedContext(step, rich ? 5 : 1)
  for (let at = rich ? 5 : 1; at > 0; at--) await seedApproval(org, names, worker)
  if (rich) {
    await seedTools(run, names)
    // What is tried out may be refused; nothing of it may break.
    const rest = { ...notes, refused: [] }
    await seedRest(house, { ...step, run: runnerOf(house, org, rest) })
  }
  return { org, names, keys, lease, ...notes }
}

const runnerOf =
  (house: House, org: Org, notes: Notes, agent = org.owner): Run =>
  async (name, input, by = 'owner') => {
    const operation = house.pipeline.operations.get(name)
    const session = { via: 'session', authTime: org.clock.now(), amr: ['pwd', 'mfa'] } as const
    const actor = by === 'agent' ? agent : by === 'web' ? { ...org.owner, ...session } : org.owner
    try {
      if (operation === undefined) throw new Error('There is no such operation.')
      return (await house.pipeline.run(operation, input, { actor, door: 'http' })).output
    } catch (error) {
      if (error instanceof Refusal) notes.refused.push(`${name}: ${error.message}`)
      else notes.broken.push(`${name}: ${String(error)} ${JSON.stringify(input).slice(0, 300)}`)
      return null
    }
  }

const seedPeople = async ({ run, names, keys }: Step): Promise<void> => {
  const hidden = await run('identity.create_person', { handle: names.text(), name: names.text() })
  keys(hidden)
  keys(await run('identity.create_agent', { name: names.text(), projects: ['GH'] }))
  await run('identity.create_key', { name: names.text() })
  await run('identity.create_role', { key: names.handle, permissions: ['task:read'] })
  const grant = { handle: `${names.handle}-m`, role: 'developer', project: names.project }
  await run('identity.give_role', grant)
}

const seedProject = async ({ run, names }: Step, project: string, count: number) => {
  await run('work.save_branch', { project, name: names.branch })
  await run('work.save_branch', { project, name: names.text() })
  const task = (ref: string, more: object = {}) => ({
    ref,
    title: names.text(),
    body: names.text(),
    labels: [names.text()],
    accept: [names.text()],
    comment: names.text(),
    status: 'Todo',
    ...more,
  })
  const items = Array.from({ length: count }, (_, at) => task(`r${at}`))
  const under = task('u', { parent: 'r0', depends_on: ['r1'] })
  const apart = task('a', { branch: names.branch })
  await run('work.save_tasks', { project, items: [...items, under, apart] })
  for (let at = 0; at < count; at++) {
    await run('work.save_sprint', { project, data: { goal: names.text() } })
  }
}

const seedWork = async ({ run, names }: Step, count: number): Promise<string> => {
  const { project } = names
  const claimed = await run('work.claim_task', { key: `${project}-2` }, 'agent')
  const text = JSON.stringify(claimed)
  const lease = /"([A-Z][A-Z0-9]+-[0-9]+#[0-9]+)"/.exec(text)?.[1] ?? ''
  await run('work.update_work', { lease, note: names.text(), progress: 7 }, 'agent')
  for (let at = 0; at < count; at++) {
    const question = { kind: 'question', text: names.text(), task: `${project}-2`, wait_s: 0 }
    await run('work.ask_question', question, 'agent')
  }
  await run('work.assign_agent', { id: names.handle, branch: `${project}/main` })
  const other = await run('work.claim_task', { key: `${project}-3` }, 'agent')
  const done = /"([A-Z][A-Z0-9]+-[0-9]+#[0-9]+)"/.exec(JSON.stringify(other))?.[1] ?? ''
  const end = { lease: done, outcome: 'done', summary: names.text(), evidence: names.text() }
  await run('work.finish_work', { ...end, learned: [names.text()] }, 'agent')
  return lease
}

const seedContext = async ({ run, names }: Step, count: number): Promise<void> => {
  const { project, branch } = names
  const places = [
    'global',
    'GH',
    'GH/main',
    'GH-1',
    project,
    `${project}/${branch}`,
    `${project}-1`,
  ]
  for (const at of places) {
    await run('context.write_context', { at, data: { rules: [names.text()], note: names.text() } })
  }
  for (let at = 0; at < count; at++) {
    const proposal = { path: `p${at}`, data: names.text(), reason: names.text() }
    await run('context.share_context', { at: project, from: `${project}-1`, ...proposal }, 'agent')
    await run('context.save_objective', { title: names.text(), places: [project, 'GH'] })
  }
}

const seedApproval = async (org: Org, names: Names, requester: Actor): Promise<void> => {
  const bound = { ...wishOf().bound, args: { branch: names.text() } }
  await askFor(org, requester, { text: names.text(), bound })
}

/** Names of verbs that make something; the others could take the seeded things away again. */
const MAKES = /\.(add|ask|create|give|invite|issue|make|put|register|save|set|share|start|write)_/

/** Tries every operation that makes something, all its texts marked: what is new is seeded too. */
const seedRest = async (house: House, { run, names }: Step): Promise<void> => {
  const marked = markedSource(names, ownSource(valuesOf(names, { lease: '' })))
  for (const operation of house.hall.operations) {
    if (!isSeedable(operation)) continue
    const schema = inputSchema(operation.input)
    const source = knownOf(operation, marked)
    for (const full of [false, true]) {
      await run(operation.name, Object(sampleOf(schema, { source, full })), 'web')
    }
    // What is made under a name of its own needs a fresh one, twice: lists then have pages.
    const named = freshSource(names, source)
    for (const _ of [1, 2])
      await run(operation.name, Object(sampleOf(schema, { source: named })), 'web')
  }
}

const isSeedable = ({ name, effect, bulk, waiting }: AnyOperation): boolean =>
  effect === 'write' && !bulk && waiting === undefined && MAKES.test(name)

/** Gives texts of the organisation to the places that may be names of new things. */
const freshSource =
  (names: Names, source: Source): Source =>
  (spot) => {
    const text = names.text()
    const isNew = ['key', 'handle', 'name', 'slug'].includes(spot.name)
    if (spot.schema['format'] === 'email') return `${text}@example.org`
    return isNew && fits(spot.schema, text) ? text : source(spot)
  }

/** Puts the mark into every free text. */
const markedSource =
  (names: Names, own: Source): Source =>
  (spot) => {
    const known = own(spot)
    if (known !== undefined) return known
    const { schema } = spot
    const isFree = schema['type'] === 'string' && schema['enum'] === undefined
    if (!isFree || schema['format'] !== undefined) return undefined
    const text = names.text()
    return fits(schema, text) ? text : undefined
  }
