import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { startChromium } from '../chromium.ts'
import { newHome, startTestHub, type TestHub } from '../hub.ts'
import { cardIn, focused, keysIn, POLL } from './board-hall.ts'
import { visit } from './visit.ts'

vi.setConfig({ testTimeout: 180_000 })

const AGENTS = 5
const MOVERS = 4
const TASKS = 20
const MOVES = 40
const PROJECT = 'TWO'
/** Cards in front of a mover: the walk of Shift+L and Shift+H goes over these columns. */
const WALK = ['In progress', 'In review', 'Done'] as const
const TALL = { viewport: { width: 1600, height: 3_200 } }

// Runs in a page: notes each column in which a card has been shown, in the order of that.
const RECORDER = `window.shownIn = {}
new MutationObserver(() => {
  for (const card of document.querySelectorAll('[data-column] [data-card]')) {
    const list = window.shownIn[card.dataset.card] ??= []
    const column = card.closest('[data-column]').dataset.column
    if (list.at(-1) !== column) list.push(column)
  }
}).observe(document, { childList: true, subtree: true })`

const Snapshot = z.object({
  cards: z.array(z.object({ key: z.string(), column: z.string(), rank: z.string() })),
})
const Events = z.object({
  items: z.array(z.object({ name: z.string(), data: z.record(z.string(), z.unknown()) })),
})
const Made = z.object({ key: z.string() })
const Claimed = z.object({ task: z.object({ lease: z.string() }).nullable() })
const Columns = z.object({ columns: z.array(z.object({ name: z.string() })) })

let browser: Browser
let hub: TestHub
const running: TestHub[] = []

beforeAll(async () => {
  hub = await startTestHub({ home: await newHome() })
  running.push(hub)
  browser = await startChromium()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await running.at(-1)?.stop()
}, 60_000)

const v1 = async (route: string, body?: object, key?: string): Promise<unknown> => {
  const [method = '', path = ''] = route.split(' ')
  const answer = await hub.api(method, `/v1${path}`, body, key)
  if (answer.status === 200) return answer.body
  throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
}

/** Agents that take, tell of and give back tasks, one step each whenever they are asked to. */
const agentsAtWork = async () => {
  const names = Array.from({ length: AGENTS }, (_, at) => `dev-${at + 1}`)
  const keys = await Promise.all(
    names.map(
      async (name) => Made.parse(await v1('POST /agents', { name, projects: [PROJECT] })).key,
    ),
  )
  const states = keys.map((key) => ({ key, lease: '', turn: 0, isBusy: false }))
  const act = async (state: (typeof states)[number]): Promise<void> => {
    const { key, lease, turn } = state
    state.turn += 1
    if (lease === '') {
      const { task } = Claimed.parse(await v1('POST /work/next', { project: PROJECT }, key))
      state.lease = task?.lease ?? ''
    } else if (turn % 4 < 3) await v1('POST /work/update', { lease, progress: turn % 100 }, key)
    else {
      state.lease = ''
      const outcome = turn % 8 < 4 ? 'released' : 'review'
      await v1('POST /work/finish', { lease, outcome, summary: 'So far.' }, key)
    }
  }
  let acts: Promise<void>[] = []
  return {
    step(): void {
      for (const state of states) {
        if (state.isBusy) continue
        state.isBusy = true
        const over = (): void => {
          state.isBusy = false
        }
        // While the hub is away they are refused; that is no trouble of theirs.
        acts = [...acts, act(state).then(over, over)]
      }
    },
    rest: () => Promise.all(acts),
  }
}

const opened = async () => {
  const visited = await visit(browser, hub.url, TALL)
  await visited.page.addInitScript({ content: RECORDER })
  await visited.page.goto(`${hub.url}/p/${PROJECT}/board#key=${hub.ownerKey}`)
  await live(visited.page)
  return visited
}

const live = (page: Page) => page.locator('[data-link="live"]').first().waitFor()
const cut = (page: Page) =>
  page.locator('[data-link="reconnecting"], [data-link="offline"]').first().waitFor()

const cardsAtHub = async () =>
  Snapshot.parse(await v1(`GET /snapshot?project=${PROJECT}`)).cards.toSorted((a, b) =>
    a.rank === b.rank ? 0 : a.rank < b.rank ? -1 : 1,
  )

const columnsOf = async (keys: readonly string[]): Promise<Readonly<Record<string, string>>> => {
  const cards = await cardsAtHub()
  return Object.fromEntries(
    cards.filter(({ key }) => keys.includes(key)).map(({ key, column }) => [key, column]),
  )
}

/** Lists what a page shows otherwise than the hub has it. */
const otherwise = async (page: Page, columns: readonly string[]): Promise<readonly object[]> => {
  const cards = await cardsAtHub()
  const all = columns.map(async (name) => {
    const hub = cards.filter(({ column }) => column === name).map(({ key }) => key)
    return { name, hub, shown: await keysIn(page, name) }
  })
  return (await Promise.all(all)).filter(({ hub, shown }) => hub.join() !== shown.join())
}

/** The moves of a mover: there and back over the walk, by keys or by a request. */
const mover = (key: string, page: Page) => {
  const wanted: string[] = []
  let at = 0
  let by = 1
  const next = (): string => {
    if (at + by < 0 || at + by >= WALK.length) by = -by
    at += by
    const column = WALK[at] ?? WALK[0]
    wanted.push(column)
    return column
  }
  return {
    key,
    wanted,
    at: () => WALK[at] ?? WALK[0],
    async press(): Promise<string> {
      const before = WALK[at] ?? WALK[0]
      const column = next()
      await cardIn(page, before, key).focus()
      await page.keyboard.press(by > 0 ? 'Shift+L' : 'Shift+H')
      await cardIn(page, column, key).waitFor()
      return column
    },
    async ask(): Promise<string> {
      const before = WALK[at] ?? WALK[0]
      // What was pressed just now may still be on its way.
      await expect.poll(() => columnsOf([key]), POLL).toEqual({ [key]: before })
      const column = next()
      await v1(`POST /tasks/${key}/move`, { to: column })
      return column
    },
  }
}

/** Makes the project: some tasks to move, some for agents, and one that nobody touches. */
const given = async () => {
  await v1('POST /projects', { key: PROJECT, name: 'For two' })
  const titles = Array.from({ length: MOVERS + TASKS + 1 }, (_, at) => `Task ${at + 1}`)
  const items = titles.map((title, at) => ({ title, status: at < MOVERS ? 'Backlog' : 'Todo' }))
  await v1('POST /tasks', { project: PROJECT, items })
  const last = `${PROJECT}-${titles.length}`
  await v1(`POST /tasks/${last}/move`, { to: 'Canceled' })
  const keys = titles.slice(0, MOVERS).map((_, at) => `${PROJECT}-${at + 1}`)
  for (const key of keys) await v1(`POST /tasks/${key}/move`, { to: WALK[0] })
  const { columns } = Columns.parse(await v1(`GET /projects/${PROJECT}`))
  return { keys, last, columns: columns.map(({ name }) => name) }
}

type Mover = ReturnType<typeof mover>

/** Both browsers, whoever works beside them, and what is to be true of them. */
const scene = async () => {
  const { keys, last, columns } = await given()
  const agents = await agentsAtWork()
  const [a, b] = [await opened(), await opened()]
  const movers = keys.map((key) => mover(key, a.page))
  return {
    ...{ a, b, movers, last },
    /** Lets every card go a step, while agents work. */
    async each(move: (one: Mover, at: number) => Promise<unknown>): Promise<void> {
      for (const [at, one] of movers.entries()) {
        agents.step()
        await move(one, at)
      }
    },
    /** Everything has arrived, and both pages show what the hub has, in its order. */
    async same(): Promise<void> {
      await agents.rest()
      const wanted = Object.fromEntries(movers.map(({ key, at }) => [key, at()]))
      await expect.poll(() => columnsOf(keys), POLL).toEqual(wanted)
      for (const { page } of [a, b]) {
        await live(page)
        await expect.poll(() => otherwise(page, columns), POLL).toEqual([])
      }
    },
  }
}

/** Each move was done once, in the order of the keys. */
const doneOnce = async (movers: readonly Mover[]): Promise<void> => {
  for (const { key, wanted } of movers) {
    const { items } = Events.parse(await v1(`GET /tasks/${key}/events?limit=100`))
    const moved = items.filter(({ name }) => name === 'work.task_moved')
    const path = moved.map(({ data }) => data['to']).toReversed()
    expect({ key, path }).toEqual({ key, path: [WALK[0], ...wanted] })
  }
}

test('nothing is lost or doubled on two boards, whatever is cut or killed', async () => {
  const { a, b, movers, last, each, same } = await scene()
  await cardIn(b.page, 'Canceled', last).focus()
  // Twelve moves, each of them seen before the next one.
  for (let round = 0; round < 3; round++) {
    await each(async (one, at) => {
      const column = await ((at + round) % 2 === 0 ? one.press() : one.ask())
      await cardIn(b.page, column, one.key).waitFor()
    })
  }
  await same()
  const ways = Object.fromEntries(movers.map(({ key, wanted }) => [key, [WALK[0], ...wanted]]))
  expect(await b.page.evaluate('window.shownIn')).toMatchObject(ways)

  // B hears nothing for a while.
  await b.page.context().setOffline(true)
  await cut(b.page)
  await each((one) => one.press())
  await each((one) => one.ask())
  await b.page.context().setOffline(false)
  await same()

  // A can send nothing for a while: what it does waits.
  await a.page.context().setOffline(true)
  await cut(a.page)
  await each((one) => one.press())
  await each((one) => one.press())
  await a.page
    .getByText(`${2 * MOVERS} waiting`)
    .first()
    .waitFor()
  await a.page.context().setOffline(false)
  await same()

  // The hub is killed while a move is under way, and comes back.
  const settings = { GUILDHALL_PORT: new URL(hub.url).port }
  await each((one, at) => Promise.all([one.press(), ...(at === 1 ? [hub.kill9()] : [])]))
  await cut(b.page)
  await each((one) => one.press())
  hub = await startTestHub({ home: hub.home, settings })
  running.push(hub)
  await each((one) => one.press())
  await same()

  await doneOnce(movers)
  expect(movers.flatMap(({ wanted }) => wanted)).toHaveLength(MOVES)
  expect(await focused(b.page)).toBe(last)
  await Promise.all([a, b].map(({ end }) => end(EXPECTED)))
})

const EXPECTED =
  /ERR_(INTERNET_DISCONNECTED|CONNECTION_|SOCKET_|INCOMPLETE_|EMPTY_|ABORTED)|status of 50/
