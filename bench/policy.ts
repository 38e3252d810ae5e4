import { boundRights, type CompiledGrant, compileRights } from '../src/identity/domain/rights.ts'
import { predefinedRoles } from '../src/identity/domain/role.ts'
import { type AskedRight, decide, type Rights } from '../src/kernel/access.ts'
import { type Actor, systemActor } from '../src/kernel/actor.ts'
import { PERMISSIONS } from '../src/kernel/permission.ts'
import { type Finding, median, round } from './result.ts'

const PROJECTS = 200
const TURNS = 200_000
const ROUNDS = 7
const BUDGET_NS = 1_000

type Case = Readonly<{ what: string; rights: Rights; actor: Actor; asked: readonly AskedRight[] }>

const roleOf = (key: string) =>
  predefinedRoles().find((role) => role.key === key)?.holds ?? new Map()
const idOf = (at: number) => `0190e0a1-0000-7000-8000-${String(at).padStart(12, '0')}`
const projects = Array.from({ length: PROJECTS }, (_, at) => idOf(at))
const person: Actor = { ...systemActor('org'), kind: 'person', handle: 'ana' }
const agent: Actor = { ...person, kind: 'agent', handle: 'bot' }

/** Asks every permission in ever other projects, so that no answer is met twice in a row. */
const asking = (more: Partial<AskedRight> = {}): readonly AskedRight[] =>
  PERMISSIONS.map((permission, at) => ({
    permission,
    projectId: projects[(at * 37) % PROJECTS] ?? null,
    ...more,
  }))

const cases = (): readonly Case[] => {
  const inProjects = (key: string): CompiledGrant[] =>
    projects.map((projectId) => ({ projectId, holds: roleOf(key) }))
  const member = compileRights([{ projectId: null, holds: roleOf('member') }])
  const lead = compileRights(inProjects('lead'))
  const denies = projects.slice(0, 20).map((projectId): CompiledGrant => {
    return { projectId, holds: roleOf('developer'), effect: 'deny' }
  })
  const full = compileRights([
    { projectId: null, holds: roleOf('member') },
    ...[...inProjects('developer'), ...denies],
    { projectId: null, holds: roleOf('viewer'), condition: { mfa_within_s: 600 } },
  ])
  const bound = { rights: full, scopes: new Set<string>(PERMISSIONS), projects: new Set(projects) }
  const delegated = boundRights(compileRights(inProjects('agent')), bound)
  const scoped = { ...agent, scopes: new Set<string>(PERMISSIONS), projects: new Set(projects) }
  const path = 'docs/api/v1/users/list/page'
  return [
    { what: 'agent within its person', actor: scoped, rights: delegated, asked: asking() },
    { what: 'member', actor: person, rights: member, asked: asking() },
    { what: 'lead of 200 projects', actor: person, rights: lead, asked: asking() },
    { what: 'grants, denies and tests', actor: person, rights: full, asked: asking({ now: 1 }) },
    { what: 'namespace of six steps', actor: person, rights: full, asked: asking({ path }) },
  ]
}

/** Gives the nanoseconds of one call, all that belongs to it included. */
const time = (call: (at: number) => boolean): number => {
  let yes = 0
  const started = performance.now()
  for (let at = 0; at < TURNS; at++) if (call(at)) yes += 1
  const ns = ((performance.now() - started) * 1e6) / TURNS
  // The count is used, so that no turn can be left out.
  return yes < 0 ? Number.NaN : ns
}

const lookUp = ({ asked }: Case): ((at: number) => boolean) => {
  const known = new Map(asked.map(({ permission }) => [permission, true]))
  return (at) => known.get(asked[at % asked.length]?.permission ?? 'task:read') === true
}

const decision = ({ rights, actor, asked }: Case): ((at: number) => boolean) => {
  const [first] = asked
  return (at) => {
    const one = asked[at % asked.length] ?? first
    return one !== undefined && decide(rights, actor, one).reason === 'allowed'
  }
}

/** Times the decision about one permission, side by side with a single look-up in a map. */
export const bench = async (): Promise<Finding> => {
  const measured = cases().map((one) => {
    const [ours, bare] = [decision(one), lookUp(one)]
    for (const call of [ours, bare]) time(call)
    const rounds = Array.from({ length: ROUNDS }, () => ({ ours: time(ours), bare: time(bare) }))
    return {
      what: one.what,
      ns: round(median(rounds.map((each) => each.ours)), 0),
      lookUpNs: round(median(rounds.map((each) => each.bare)), 0),
    }
  })
  const slowest = measured.reduce((a, b) => (b.ns > a.ns ? b : a))
  const [first = slowest] = measured
  return {
    name: 'policy',
    value: first.ns,
    unit: `ns per decision (${first.what})`,
    baseline: 'one look-up in a map',
    baselineValue: first.lookUpNs,
    ratio: round(first.ns / first.lookUpNs),
    budget: `every case < ${BUDGET_NS} ns`,
    met: measured.every(({ ns }) => ns < BUDGET_NS),
    also: measured,
  }
}
