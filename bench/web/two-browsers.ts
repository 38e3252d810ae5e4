import { setTimeout as delay } from 'node:timers/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import { startChromium } from '../../test/chromium.ts'
import { startTestHub, type TestHub } from '../../test/hub.ts'
import { httpWorker } from '../claims.ts'
import { type Finding, percentile, round } from '../result.ts'
import { makeAgents, makeProject, seedTasks } from '../seed.ts'

const PROJECT = 'DUO'
const AGENTS = 20
/** Each agent tells of its work so often; together they write as many people at once would. */
const TELL_MS = 1_000
const TASKS = 400
const CARDS = 10
/** Where each card goes, over and over; the first steps back and forth are made by keys. */
const WALK = ['In review', 'Done'] as const
const ROUNDS = 10
const KEYED = 20
const STEPS = ROUNDS * WALK.length
const MOVES = CARDS * STEPS
const P99_MS_MAX = 500
const LOST_AFTER_MS = 15_000
// As tall as a column of all moved cards: what is not on the screen is not in the page.
const TALL = { viewport: { width: 1600, height: 1_100 } }

/**
 * Measures how long a move in one browser takes until another one shows it, while twenty agents
 * write, against a bare reader of the stream that hears of the same move.
 */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  const browser = await startChromium()
  const abort = new AbortController()
  try {
    const movers = await seed(hub)
    const agents = await agentsAtWork(hub, abort.signal)
    const bare = await bareReader(hub, abort.signal)
    const { a, b, shown } = await boards(browser, hub)
    const moves = await moved({ hub, a, shown, bare }, movers)
    const written = agents.written()
    await Promise.all([a, b].map((page) => page.context().close()))
    return finding(moves, written, ways(shown, movers))
  } finally {
    abort.abort()
    await browser.close()
    await hub.stop()
  }
}

type Timed = Readonly<{ browser: number | null; bare: number | null; isKeyed: boolean }>

const finding = (moves: readonly Timed[], written: number, wrong: number): Finding => {
  const seen = moves.flatMap(({ browser }) => browser ?? [])
  const heard = moves.flatMap(({ bare }) => bare ?? [])
  const keyed = moves.flatMap(({ browser, isKeyed }) => (isKeyed ? (browser ?? []) : []))
  const [value, baselineValue] = [percentile(seen, 0.99), percentile(heard, 0.99)]
  const lost = MOVES - seen.length
  const also = (name: string, share: number) => ({
    [name]: `${percentile(seen, share)} ms`,
    'bare reader': `${percentile(heard, share)} ms`,
  })
  return {
    name: 'web-two-browsers',
    value: round(value, 0),
    unit: `ms p99 from sending a move to its card in the other browser, ${MOVES} moves`,
    baseline: 'a bare reader of the stream, p99',
    baselineValue: round(baselineValue, 0),
    ratio: round(value / baselineValue),
    budget: `< ${P99_MS_MAX} ms, none lost or doubled`,
    met: value < P99_MS_MAX && lost === 0 && wrong === 0,
    also: [
      also('p50', 0.5),
      also('p90', 0.9),
      also('slowest', 1),
      { 'p99 of moves by keys': `${percentile(keyed, 0.99)} ms`, moves: keyed.length },
      { lost, 'cards that went another way': wrong },
      { 'writes of agents meanwhile': written, agents: AGENTS },
    ],
  }
}

const seed = async (hub: TestHub): Promise<readonly string[]> => {
  await makeProject(hub, PROJECT)
  await seedTasks(hub, PROJECT, { tasks: TASKS })
  const keys = Array.from({ length: CARDS }, (_, at) => `${PROJECT}-${TASKS - at}`)
  for (const key of keys) await send(hub, key, 'Backlog')
  return keys
}

const send = async (hub: TestHub, key: string, to: string): Promise<void> => {
  const { status, body } = await hub.api('POST', `/v1/tasks/${key}/move`, { to })
  if (status !== 200) throw new Error(JSON.stringify(body))
}

/** Has every agent take a task and tell of its progress once in a while. */
const agentsAtWork = async (hub: TestHub, signal: AbortSignal) => {
  let written = 0
  const keys = await makeAgents(hub, PROJECT, AGENTS)
  const work = async (key: string, at: number): Promise<void> => {
    const worker = httpWorker(hub, key, PROJECT)
    try {
      const { lease } = await worker.claim()
      // Not all of them in the same moment.
      await delay((at * TELL_MS) / AGENTS, undefined, { signal })
      for (let turn = 1; !signal.aborted; turn++) {
        await hub.api('POST', '/v1/work/update', { lease, progress: turn % 100 }, key)
        written += 1
        await delay(TELL_MS, undefined, { signal })
      }
    } finally {
      worker.close()
    }
  }
  for (const [at, key] of keys.entries()) {
    work(key, at).catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown
    })
  }
  return { written: () => written }
}

/** Where and when something was seen: `DUO-1 Done`, in the clock of the machine. */
type Seen = Readonly<{ next(what: string): Promise<number | null> }>

const watch = () => {
  const waiting = new Map<string, (at: number) => void>()
  const seen: Seen = {
    next: (what) =>
      Promise.race([
        new Promise<number>((resolve) => waiting.set(what, resolve)),
        delay(LOST_AFTER_MS, null, { ref: false }),
      ]),
  }
  const tell = (what: string, at: number): void => {
    waiting.get(what)?.(at)
    waiting.delete(what)
  }
  return { ...seen, tell }
}

const Events = z.array(
  z.object({ data: z.object({ key: z.string().optional(), to: z.string().optional() }) }),
)

/** Reads the stream and does nothing with it. */
const bareReader = async (hub: TestHub, signal: AbortSignal): Promise<Seen> => {
  const seen = watch()
  const headers = { authorization: `Bearer ${hub.ownerKey}` }
  const answer = await fetch(`${hub.url}/v1/stream`, { headers, signal })
  const read = async (): Promise<void> => {
    let rest = ''
    for await (const piece of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const at = Date.now()
      const lines = (rest + piece).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (!line.startsWith('data: [')) continue
        const events = Events.parse(JSON.parse(line.slice('data: '.length)))
        for (const { data } of events) seen.tell(`${data.key} ${data.to}`, at)
      }
    }
  }
  read().catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown
  })
  return seen
}

// Runs in a page: tells of each card that stands in another column than before.
const RECORDER = `{
  const columns = {}
  new MutationObserver(() => {
    for (const card of document.querySelectorAll('[data-column] [data-card]')) {
      const { column } = card.closest('[data-column]').dataset
      if (columns[card.dataset.card] === column) continue
      columns[card.dataset.card] = column
      window.shown(card.dataset.card, column, Date.now())
    }
  }).observe(document, { childList: true, subtree: true })
}`
// Runs in a page: notes when it sent its last move.
const SENDER = `{
  const send = window.fetch
  window.fetch = (to, init) => {
    if (String(to).endsWith('/move')) window.sentAt = Date.now()
    return send(to, init)
  }
}`

type Shown = Seen & Readonly<{ ways: ReadonlyMap<string, readonly string[]> }>

const boards = async (browser: Browser, hub: TestHub) => {
  const contexts = await Promise.all([0, 1].map(() => browser.newContext(TALL)))
  const [a, b] = await Promise.all(contexts.map((context: BrowserContext) => context.newPage()))
  if (a === undefined || b === undefined) throw new Error('There are no pages.')
  const ways = new Map<string, string[]>()
  const seen = watch()
  await b.exposeFunction('shown', (key: string, column: string, at: number) => {
    ways.set(key, [...(ways.get(key) ?? []), column])
    seen.tell(`${key} ${column}`, at)
  })
  await b.addInitScript({ content: RECORDER })
  await a.addInitScript({ content: SENDER })
  for (const page of [a, b]) {
    await page.goto(`${hub.url}/p/${PROJECT}/board#key=${hub.ownerKey}`)
    await page.locator('[data-link="live"]').first().waitFor({ timeout: 60_000 })
    await page.locator(`[data-column="Backlog"] [data-card="${PROJECT}-${TASKS}"]`).waitFor()
  }
  return { a, b, shown: { ...seen, ways } }
}

type Ground = Readonly<{ hub: TestHub; a: Page; shown: Shown; bare: Seen }>

const moved = async ({ hub, a, shown, bare }: Ground, movers: readonly string[]) => {
  const moves: Timed[] = []
  let keyed = 0
  for (let step = 0; step < STEPS; step++) {
    const to = placeAt(step)
    for (const key of movers) {
      // The first step comes from a column that is no neighbour.
      const isKeyed = step > 0 && keyed++ < KEYED
      const seen = Promise.all([shown.next(`${key} ${to}`), bare.next(`${key} ${to}`)])
      const sentAt = isKeyed ? await pressed(a, key, step) : Date.now()
      if (!isKeyed) await send(hub, key, to)
      const since = (moment: number | null) => (moment === null ? null : moment - sentAt)
      const [inBrowser, onStream] = await seen
      moves.push({ browser: since(inBrowser), bare: since(onStream), isKeyed })
    }
  }
  return moves
}

const placeAt = (step: number): string => WALK[step % WALK.length] ?? WALK[0]

/** Makes a step of a card by keys; gives the moment at which the page sent it. */
const pressed = async (page: Page, key: string, step: number): Promise<number> => {
  await page.locator(`[data-column="${placeAt(step - 1)}"] [data-card="${key}"]`).focus()
  await page.keyboard.press(step % WALK.length === 0 ? 'Shift+H' : 'Shift+L')
  return Number(await page.evaluate('window.sentAt'))
}

/** Counts the cards that were not shown exactly where they went, in that order. */
const ways = ({ ways: shown }: Shown, movers: readonly string[]): number => {
  const way = ['Backlog', ...Array.from({ length: STEPS }, (_, step) => placeAt(step))].join()
  return movers.filter((key) => shown.get(key)?.join() !== way).length
}
