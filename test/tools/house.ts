import { randomUUID } from 'node:crypto'
import { afterAll } from 'vitest'
import type { Actor } from '../../src/kernel/actor.ts'
import { upstreamStore } from '../../src/tools/infrastructure/upstream-store.ts'
import { atPage } from '../approvals.ts'
import { bench } from '../bench.ts'
import { type Json, type Puppet, startPuppet } from './puppet.ts'

/** Rules under which nothing is asked that the test is not about. */
export const FREE = { approval: 'never', egress: 'internal', untrusted: false, reads: 'public' }

const puppets: Puppet[] = []
afterAll(async () => {
  await Promise.all(puppets.map((one) => one.stop()))
})

/** Starts a puppet that ends with the test file. */
export const puppetWith = async (tools: readonly Json[] = []): Promise<Puppet> => {
  const puppet = await startPuppet(tools)
  puppets.push(puppet)
  return puppet
}

type Connecting = Readonly<{ slug: string; rules?: object }> & Json

/** An organisation with a project, an administrator at a page, and words about tools. */
export const toolsHouse = async () => {
  const made = await bench()
  const { run, given, clock, house, due } = made
  await given.project('GH')
  const ana = await given.person('ana', 'admin')
  /** The administrator as a browser shows them now. */
  const page = () => atPage(ana, clock.now())
  return {
    ...made,
    ana,
    page,
    /** Connects a server; what it says of its effects is believed unless said otherwise. */
    async connect({ url }: Pick<Puppet, 'url'>, { rules = FREE, ...more }: Connecting) {
      return run('tools.add_tool_server', { url, trust: true, rules, ...more })
    },
    /** Calls a tool. */
    tool: (name: string, args: object = {}, as?: Actor, key?: string) =>
      run('tools.call_tool', { name, args }, as, key),
    refresh: (slug: string) => run('tools.refresh_tools', { slug }),
    /** Decides on an approval as somebody at a page. */
    decide: (key: string, decision = 'approve', by?: Actor) =>
      run('agents.decide_approval', { key, decision }, by ?? page()),
    /** Lets everything happen that follows from a decision. */
    async resume() {
      await house.settle()
      await due('tools.resume_calls')
    },
    /** Reads how a call ended, as whoever made it. */
    ending: (call: string, as?: Actor) => run('tools.get_tool_call', { key: call }, as),
  }
}

/** Such an organisation. */
export type ToolsHouse = Awaited<ReturnType<typeof toolsHouse>>

/** A program as a server: written where an entry of the catalogue would have put it. */
export type Program = Readonly<{
  slug: string
  /** The script that Node runs, and what it is started with. */
  script: string
  argv?: readonly string[]
  environment?: Readonly<Record<string, string>>
  instances?: 'credential' | 'principal' | 'session'
  /** The variable that takes the credential. */
  variable?: string
  rules?: object
}>

/** Adds a program to an organisation as `tools.add_tool` does once it is installed. */
export const addProgram = async (house: ToolsHouse, program: Program): Promise<void> => {
  const { database, orgId, owner, clock, fixtures, run } = house
  const { slug, script, argv = [], environment = {}, instances = 'credential' } = program
  const { variable, rules = FREE } = program
  const now = Math.trunc(clock.now())
  const config = {
    ...{ program: script, node: true, argv, environment, cwd: null, isolate: 'no', instances },
    ...{ shows: [], trust: true, review: false },
  }
  await database.write(orgId, async (sql) => {
    await upstreamStore({ sql, orgId }).add({
      ...{ id: randomUUID(), slug, title: slug, kind: 'stdio', entry: null, era: 'legacy', config },
      ...{ packageVersion: null, integrity: null, balance: 'least_connections', enabled: true },
      credential: variable === undefined ? 'none' : 'shared',
      auth: variable === undefined ? { kind: 'none' } : { kind: 'env', name: variable },
      ...{ ownerId: owner.id, foundAt: null, triedAt: null, failure: null, instructions: null },
      ...{ server: null, createdAt: now, version: 1, replicas: [] },
    })
    return { value: null, tail: [] }
  })
  fixtures.tools.heard(orgId, ['tools.upstream_added'])
  await run('tools.set_tool_rules', { server: slug, rules })
}
