import { createServer } from 'node:http'
import lighthouse, { desktopConfig } from 'lighthouse'
import { startTestHub } from '../../test/hub.ts'
import { withOwner } from '../../test/web/people.ts'
import { type Finding, median, round } from '../result.ts'
import { makeProject, seedTasks } from '../seed.ts'
import { type PortBrowser, portBrowser } from './lighthouse-browser.ts'

const RUNS = 3
const CARDS = 200
// The live stream of a board never ends, and Lighthouse waits so long for it to.
const LOAD_MS = 15_000
const CLS_MAX = 0.02
const BUDGETS = {
  desktop: { performance: 0.98, lcpMs: 1_000 },
  mobile: { performance: 0.9, lcpMs: 2_500 },
} as const

type Form = keyof typeof BUDGETS

// Speaks of one page in one form.
type Score = Readonly<{
  performance: number
  accessibility: number
  practices: number
  lcpMs: number
  cls: number
  /** What keeps accessibility or best practices from being whole. */
  faults: readonly string[]
}>

/**
 * Measures the sign-in and the board with Lighthouse, as a desktop and as a throttled phone,
 * against a page that is nothing but a heading, measured the same way in the same run.
 */
export const bench = async (): Promise<Finding> => {
  const hub = await startTestHub()
  const bare = await barePage()
  const browser = await portBrowser()
  try {
    await makeProject(hub, 'GH')
    await seedTasks(hub, 'GH', { tasks: CARDS })
    // The sign-in as people meet it: before anybody is there it says so, in one more typeface.
    const key = await withOwner(hub)
    const pages = {
      'sign-in': `${hub.url}/sign-in`,
      board: `${hub.url}/p/GH/board#key=${key}`,
    }
    const lines: Line[] = []
    for (const form of ['desktop', 'mobile'] as const) {
      const least = await scored(browser, bare.url, form)
      for (const [page, url] of Object.entries(pages)) {
        lines.push({ page, form, score: await scored(browser, url, form), least })
      }
    }
    return findingOf(lines)
  } finally {
    await browser.stop()
    await bare.stop()
    await hub.stop()
  }
}

/** Serves a page with nothing in it that could be slow or wrong. */
const barePage = async () => {
  const server = createServer((req, res) => {
    if (req.url !== '/') return void res.writeHead(204).end()
    res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(BARE)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const BARE = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Bare</title>
<main><h1>Bare</h1></main></html>`

const scored = async (browser: PortBrowser, url: string, form: Form): Promise<Score> => {
  const runs: Score[] = []
  for (let run = 0; run < RUNS; run++) runs.push(await scoredOnce(browser, url, form))
  const middle = (name: 'performance' | 'lcpMs' | 'cls'): number =>
    median(runs.map((one) => one[name]))
  const least = (name: 'accessibility' | 'practices'): number =>
    Math.min(...runs.map((one) => one[name]))
  return {
    ...{ performance: middle('performance'), lcpMs: middle('lcpMs'), cls: middle('cls') },
    ...{ accessibility: least('accessibility'), practices: least('practices') },
    faults: [...new Set(runs.flatMap(({ faults }) => faults))],
  }
}

const CATEGORIES = ['performance', 'accessibility', 'best-practices']

const scoredOnce = async ({ port }: PortBrowser, url: string, form: Form): Promise<Score> => {
  const result = await lighthouse(
    url,
    { port, onlyCategories: CATEGORIES, maxWaitForLoad: LOAD_MS, logLevel: 'silent' },
    form === 'desktop' ? desktopConfig : undefined,
  )
  if (result === undefined) throw new Error(`Lighthouse said nothing about ${url}.`)
  const { categories, audits, runtimeError } = result.lhr
  if (runtimeError) throw new Error(runtimeError.message)
  const score = (name: string): number => categories[name]?.score ?? 0
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    practices: score('best-practices'),
    lcpMs: audits['largest-contentful-paint']?.numericValue ?? Number.NaN,
    cls: audits['cumulative-layout-shift']?.numericValue ?? Number.NaN,
    faults: ['accessibility', 'best-practices'].flatMap((name) =>
      (categories[name]?.auditRefs ?? []).flatMap(({ id, weight }) =>
        weight > 0 && audits[id]?.score === 0 ? [id] : [],
      ),
    ),
  }
}

type Line = Readonly<{ page: string; form: Form; score: Score; least: Score }>

const isMet = ({ form, score }: Line): boolean => {
  const { performance, lcpMs } = BUDGETS[form]
  const isWhole = score.accessibility === 1 && score.practices === 1
  return isWhole && score.performance >= performance && score.lcpMs < lcpMs && score.cls < CLS_MAX
}

/** Puts the board on a desktop first: it is what people look at all day. */
const findingOf = (lines: readonly Line[]): Finding => {
  const first = lines.find(({ page, form }) => page === 'board' && form === 'desktop')
  if (first === undefined) throw new Error('The board was not measured.')
  const { score, least } = first
  return {
    name: 'web-lighthouse',
    value: round(score.performance),
    unit: `performance of a board of ${CARDS} cards on a desktop, median of ${RUNS}`,
    baseline: 'a page that is nothing but a heading',
    baselineValue: round(least.performance),
    ratio: round(score.performance / least.performance),
    budget: `>= ${BUDGETS.desktop.performance}, and every line below`,
    met: lines.every(isMet),
    also: lines.map((line) => ({
      [`${line.page}, ${line.form}`]: said(line.score),
      bare: said(line.least),
      ...(line.score.faults.length > 0 && { faults: line.score.faults.join(' ') }),
      budget:
        `performance ${BUDGETS[line.form].performance}, the others 1, ` +
        `LCP < ${BUDGETS[line.form].lcpMs} ms, CLS < ${CLS_MAX}`,
      met: isMet(line),
    })),
  }
}

const said = ({ performance, accessibility, practices, lcpMs, cls }: Score): string =>
  `performance ${round(performance)}, accessibility ${round(accessibility)}, ` +
  `best practices ${round(practices)}, LCP ${round(lcpMs, 0)} ms, CLS ${round(cls, 3)}`
