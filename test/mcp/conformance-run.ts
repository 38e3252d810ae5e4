import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { z } from 'zod'

const HOME = new URL('../../node_modules/@modelcontextprotocol/conformance/', import.meta.url)
const SUITE = fileURLToPath(new URL('dist/index.js', HOME))
const RUN_MS = 240_000

const Checks = z.array(z.object({ id: z.string(), status: z.string() }))

/** How one scenario of the suite ended. */
export type ScenarioEnd = Readonly<{
  passed: number
  failed: readonly string[]
  warned: readonly string[]
}>

/** Runs what a revision asks of servers, as its official suite does; gives it by scenario. */
export const runSuite = (url: string, revision: string): Promise<Ends> =>
  runWith(['--url', url, '--requirements', revision])

/** Runs one scenario of a revision. */
export const runScenario = async (
  url: string,
  revision: string,
  scenario: string,
): Promise<ScenarioEnd | undefined> => {
  const args = ['--url', url, '--scenario', scenario, '--spec-version', revision, '--force']
  return (await runWith(args)).get(scenario)
}

type Ends = ReadonlyMap<string, ScenarioEnd>

const runWith = async (args: readonly string[]): Promise<Ends> => {
  const folder = await mkdtemp(join(tmpdir(), 'guildhall-conformance-'))
  try {
    await start(['server', ...args, '-o', folder], folder)
    const names = await readdir(folder)
    const ends = names.map(async (name) => {
      const text = await readFile(join(folder, name, 'checks.json'), 'utf8')
      const scenario = name.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '')
      return [scenario, endOf(Checks.parse(JSON.parse(text)))] as const
    })
    return new Map(await Promise.all(ends))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const start = (args: readonly string[], cwd: string): Promise<void> =>
  new Promise((resolve) => {
    const options = { timeout: RUN_MS, cwd, maxBuffer: 64_000_000 }
    // What failed stands in the files; the exit code says only that something did.
    execFile(process.execPath, [SUITE, ...args], options, () => resolve())
  })

const endOf = (checks: z.output<typeof Checks>): ScenarioEnd => {
  const of = (status: string) => checks.filter((one) => one.status === status).map(({ id }) => id)
  return { passed: of('SUCCESS').length, failed: of('FAILURE'), warned: of('WARNING') }
}

const Requirements = z.object({
  server: z.array(z.string()),
})

/** Reads which scenarios a revision asks servers to pass. */
export const scoredScenarios = async (revision: string): Promise<readonly string[]> => {
  const text = await readFile(new URL(`requirements/${revision}.yaml`, HOME), 'utf8')
  return Requirements.parse(parse(text)).server
}
