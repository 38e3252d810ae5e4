import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runScenario, runSuite, type ScenarioEnd, scoredScenarios } from './conformance-run.ts'
import { type SuiteServer, suiteServer } from './conformance-server.ts'
import { type HubDoor, openHubDoor, openRelay, UNASKED } from './hub-door.ts'

// The official suite for servers, run against a server of the official library and against one
// like it behind the hub: whatever passes directly passes through the hub. The suite mostly waits,
// so both are asked at once.

const SUITE_MS = 300_000
// The suite's slow tools take longer, its quick ones less.
const TASK_AFTER_MS = 150
const CELLS = [
  { revision: '2025-11-25', era: 'legacy' },
  { revision: '2026-07-28', era: 'modern' },
] as const

let hub: HubDoor
let tasks: Readonly<{ url: string; stop(): Promise<void> }>
beforeAll(async () => {
  hub = await openHubDoor(TASK_AFTER_MS)
  const server = await suiteServer('legacy')
  const relay = await connect('tasks', server)
  tasks = {
    url: relay.url,
    async stop() {
      await relay.stop()
      await server.stop()
    },
  }
})
afterAll(async () => {
  await tasks.stop()
  await hub.stop()
})

const connect = async (slug: string, server: SuiteServer) => {
  const rules = { slug, url: server.url, trust: true, rules: UNASKED }
  await hub.run('tools.add_tool_server', rules)
  await hub.run('tools.save_tool_profile', { name: slug, tools: [`${slug}__*`], raw: true })
  return openRelay(hub.at(slug), hub.ownerKey)
}

const total = (ends: ReadonlyMap<string, ScenarioEnd>, names: readonly string[]) => {
  const own = names.map((name) => ends.get(name)).filter((one) => one !== undefined)
  const passed = own.reduce((sum, one) => sum + one.passed, 0)
  const failed = own.reduce((sum, one) => sum + one.failed.length, 0)
  const clean = own.filter((one) => one.failed.length === 0).length
  return `${clean}/${names.length} scenarios, ${passed}/${passed + failed} checks`
}

describe.each(CELLS)('$revision', ({ revision, era }) => {
  test(
    'whatever passes directly passes through the hub',
    async () => {
      const [own, server] = await Promise.all([suiteServer(era), suiteServer(era)])
      const relay = await connect(era, server)
      try {
        const scored = await scoredScenarios(revision)
        expect(scored.length).toBeGreaterThan(25)
        const [direct, through] = await Promise.all([
          runSuite(own.url, revision),
          runSuite(relay.url, revision),
        ])
        const told = `direct ${total(direct, scored)}; hub ${total(through, scored)}`
        const worse = [...direct].flatMap(([name, end]) => {
          const behind = through.get(name)?.failed ?? ['was not run']
          const fresh = behind.filter((id) => !end.failed.includes(id))
          return fresh.map((id) => `${name}: ${id}`)
        })
        expect({ told, worse }).toEqual({ told, worse: [] })
        expect(told).toContain(`direct ${scored.length}/${scored.length}`)
        expect(told).toContain(`hub ${scored.length}/${scored.length}`)
      } finally {
        await Promise.all([relay, server, own].map((one) => one.stop()))
      }
    },
    SUITE_MS,
  )
})

const TASKS = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
  'tasks-status-notifications',
  'tasks-required-task-error',
  'tasks-mrtr-composition',
]

describe('tasks, which no server behind the hub knows of', () => {
  test.each(TASKS)(
    '%s passes',
    async (scenario) => {
      const end = await runScenario(tasks.url, '2026-07-28', scenario)
      expect(end?.failed).toEqual([])
    },
    SUITE_MS,
  )
})
