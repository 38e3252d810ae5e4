import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { House } from '../../src/main/compose.ts'
import { operation } from '../../src/kernel/operation.ts'
import { probeHouse } from '../probe.ts'
import { type Crawling, crawl, missedBy, unreachedBy } from './crawl.ts'
import type { Door, Input } from './crawl-doors.ts'
import { freshNames } from './crawl-names.ts'
import { watchOver } from './crawl-watch.ts'
import { type Seeded, seed } from './crawl-world.ts'
import type { Heard } from './wire.ts'

// A crawl that finds nothing says little unless it would find something: here are leaks to find.

let house: House
let theirs: Seeded
let ours: Seeded

beforeAll(async () => {
  house = (await probeHouse()).house
  theirs = await seed(house, freshNames(), true)
  ours = await seed(house, freshNames(), false)
}, 60_000)

const TaskKey = z.string().regex(/^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$/)
const readOf = (input: z.ZodType) =>
  operation<object>()({
    name: 'work.read_something',
    about: 'Read something.',
    input,
    output: z.object({}),
    access: 'task:read',
    effect: 'read',
    http: 'POST /something',
    mcp: null,
    run: async () => ({}),
  })

const problem = (status: number, code: string, title: string): Heard => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  text: JSON.stringify({ type: `/problems/${code}`, title, status, code }),
})
const unknown = ({ key }: Input): Heard =>
  problem(404, 'platform.not_found', `${String(key)} does not exist or you may not see it.`)

/** Crawls one operation through a door that answers as it is told. */
const crawlWith = async (
  say: (input: Input) => Heard,
  input: z.ZodType = z.strictObject({ key: TaskKey }),
) => {
  const door: Door = {
    name: 'planted',
    offers: () => true,
    needs: () => [],
    call: async (_, __, asked) => say(asked),
  }
  const book = { found: [], texts: [`{"id":"${theirs.org.owner.id}"}`] }
  const operations = [readOf(input)]
  const watch = watchOver(theirs, book)
  const crawling: Crawling = { house, doors: [door], operations, theirs, book, watch }
  const crawled = await crawl(crawling, ours)
  return { ...crawled, missed: missedBy(crawling, crawled), unreached: unreachedBy(crawled) }
}

test('a door that tells nothing passes', async () => {
  expect(await crawlWith(unknown)).toMatchObject({ faults: [], missed: [], unreached: [] })
})

test('a text, an id, and a secret of the other organisation are found in an answer', async () => {
  for (const leak of [theirs.names.text(), theirs.org.owner.id, theirs.keys.agent]) {
    const { faults } = await crawlWith((asked) => {
      const { status, headers, text } = unknown(asked)
      return { status, headers, text: text.replace('exist', `exist ${leak}`) }
    })
    expect(faults[0]).toMatch(/shows (canary|a key|[0-9a-f]{8}-)/)
  }
})

test('a sentence that tells foreign from unknown is found', async () => {
  const { faults } = await crawlWith((asked) =>
    String(asked['key']).startsWith(theirs.names.project)
      ? problem(403, 'identity.not_allowed', 'You may not see this.')
      : unknown(asked),
  )
  expect(faults[0]).toContain('unknown:')
})

test('a bug behind a foreign id is found', async () => {
  const { faults } = await crawlWith(() => problem(500, 'platform.unexpected', 'Oh.'))
  expect(faults[0]).toContain('500')
})

test('an id of a new kind that no foreign value fits is named', async () => {
  const input = z.strictObject({ shelfId: z.string().regex(/^SHELF~[a-z]+$/) })
  const { missed } = await crawlWith(unknown, input)
  expect(missed).toEqual(['work.read_something planted shelfId'])
})

test('a place that is only ever refused for its form is named', async () => {
  const { unreached } = await crawlWith(() =>
    problem(422, 'platform.input_not_valid', 'This does not fit.'),
  )
  expect(unreached).toEqual(['work.read_something key: platform.input_not_valid'])
})
