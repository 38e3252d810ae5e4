import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { startVitest, type TestModule } from 'vitest/node'
import { startChromium } from '../test/chromium.ts'
import { countOf, type Ran, readAsvs, unshown } from './asvs/asvs.ts'

// `npm test` runs the checks, then every test. `-- --server` runs the tests that use SQL on the
// server in DATABASE_URL, `-- --long` those of test/long, `-- <path>` some. The last lines are the
// summary of the tests; the exit code is the worst of all steps.

const root = join(import.meta.dirname, '..')
const TESTS = '{src,test,web}/**/*.test.{ts,tsx}'
const LONG = ['test/long/**/*.test.ts', 'test/tools-real/*.test.ts', 'test/web/access-*.test.ts']
const NEEDS_SERVER = /(?:test|\.\.)\/(?:bench|server)\.ts'|inject\('target'\)/
const NEEDS_CHROMIUM = /\/chromium\.ts'/
const BY_THEMSELVES = /^test\/(?:journeys|long)\//

const testsThat = (need: RegExp): string[] =>
  globSync(TESTS, { cwd: root, exclude: ['**/node_modules/**'] }).filter((path) =>
    need.test(readFileSync(join(root, path), 'utf8')),
  )

const runCheck = async (): Promise<number> => {
  const args = [join(root, 'scripts', 'check.ts')]
  const check = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
  const closed: unknown[] = await once(check, 'close')
  const [code] = closed
  return typeof code === 'number' ? code : 1
}

// A browser that is missing is installed before the tests, whose time would not be enough.
const prepareChromium = async (): Promise<void> => {
  if (testsThat(NEEDS_CHROMIUM).length === 0) return
  try {
    await (await startChromium()).close()
  } catch (error) {
    // The tests that need it will fail with the same sentence.
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`)
  }
}

type Wanted = Readonly<{
  filters: readonly string[]
  include?: readonly string[]
  /** Hears of every test that ran, and gives what is said above the summary. */
  heard?: (ran: readonly Ran[]) => string
}>

const ranIn = (modules: readonly TestModule[]): readonly Ran[] =>
  modules.flatMap((module) => {
    const file = relative(root, module.moduleId)
    return [...module.children.allTests()].map((one) => ({
      file,
      name: one.fullName,
      passed: one.result().state === 'passed',
    }))
  })

/** Runs the tests. */
const runTests = async ({ filters, include, heard = () => '' }: Wanted): Promise<void> => {
  const note = {
    onTestRunEnd: (modules: readonly TestModule[]) =>
      void process.stdout.write(heard(ranIn(modules))),
  }
  const vitest = await startVitest([...filters], {
    root,
    run: true,
    reporters: [note, 'default'],
    // Machines of a build server are busy in ways that no test can wait out. What passes only the
    // second time is marked in the output, and is a bug of its own.
    ...(process.env['CI'] && { retry: 1 }),
    ...(include && { include: [...include], exclude: ['**/node_modules/**'] }),
  })
  await vitest.close()
}

const runAll = async (): Promise<void> => {
  const started = performance.now()
  const [code] = await Promise.all([runCheck(), prepareChromium()])
  const seconds = ((performance.now() - started) / 1000).toFixed(0)
  const before = code === 0 ? '' : `\nThe checks have failed after ${seconds} s, see the top.\n`
  const asvs = readAsvs(root)
  let claims: readonly string[] = []
  const heard = (ran: readonly Ran[]): string => {
    claims = unshown(asvs, ran)
    return [before, `\n${countOf(asvs)}`, ...claims, ''].join('\n')
  }
  await runTests({ filters: [], heard })
  process.exitCode = Math.max(code, claims.length > 0 ? 1 : 0, Number(process.exitCode ?? 0))
}

const runOnServer = async (): Promise<void> => {
  if (process.env['DATABASE_URL']) {
    const filters = testsThat(NEEDS_SERVER).filter((path) => !BY_THEMSELVES.test(path))
    if (filters.length === 0) throw new Error('No test uses the server; look for them here.')
    return runTests({ filters })
  }
  const sentences = [
    'These tests need a PostgreSQL 15 or newer, whose user may create databases and roles.',
    'Name it, for example: DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres',
  ]
  process.stderr.write(`${sentences.join('\n')}\n`)
  process.exitCode = 2
}

const [first, ...rest] = process.argv.slice(2)
if (first === undefined) await runAll()
else if (first === '--server') await runOnServer()
else if (first === '--long') {
  process.env['TEST_LONG'] = '1'
  await runTests({ filters: rest, include: LONG })
} else await runTests({ filters: [first, ...rest] })
