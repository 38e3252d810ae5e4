import type { Api } from './api.ts'
import { shape } from './api.ts'
import type { Topics } from './topics.ts'

/** Knows which handles are agents, so that their marks can differ from people's. */
export type People = Readonly<{
  isAgent(handle: string): boolean
  /** Hears of a handle that is shown; one that is new is asked about. */
  meet(handle: string): void
  /** Asks nothing more. */
  stop(): void
}>

type AgentPage = Readonly<{ items: readonly Readonly<{ handle: string }>[]; next: string | null }>

const isAgentPage = shape<AgentPage>('items', 'next')
const PAGES_MAX = 20
const GATHER_MS = 150

/** Makes the list of known handles; it asks the hub at the first handle and at every new one. */
export const peopleBook = (api: Api, topics: Topics): People => {
  const agents = new Set<string>()
  const met = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const ask = async (): Promise<void> => {
    let cursor: string | null = null
    for (let page = 0; page < PAGES_MAX; page++) {
      const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { items, next }: AgentPage = await api.read(`/agents?limit=100${after}`, isAgentPage)
      for (const { handle } of items) agents.add(handle)
      if (next === null) break
      cursor = next
    }
    topics.changed('people')
  }
  return {
    isAgent: (handle) => agents.has(handle),
    meet(handle) {
      if (met.has(handle)) return
      met.add(handle)
      // Who may not list agents sees everybody alike; that is no reason to trouble them.
      timer ??= setTimeout(() => {
        timer = undefined
        ask().catch(() => {})
      }, GATHER_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
