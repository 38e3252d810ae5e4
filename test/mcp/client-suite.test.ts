import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The official suite for clients, run against a line. Its scenarios about signing in are about
// whoever gets the credential, which a line does not.

const SUITE = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
)
const CLIENT = fileURLToPath(new URL('conformance-client.ts', import.meta.url))
const SCENARIO_MS = 60_000

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guildhall-suite-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (scenario: string, revision: string): Promise<string> =>
  new Promise((resolve) => {
    const command = `${process.execPath} ${CLIENT}`
    const args = ['client', '--command', command, '--scenario', scenario]
    const more = ['--spec-version', revision, '-o', folder]
    const options = { timeout: SCENARIO_MS, cwd: folder, maxBuffer: 16_000_000 }
    execFile(process.execPath, [SUITE, ...args, ...more], options, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    )
  })

describe('with sessions', () => {
  test.each([
    'initialize',
    'tools_call',
    'elicitation-sep1034-client-defaults',
    'sse-retry',
    'json-schema-2020-12-preservation',
  ])(
    'a line passes %s',
    async (scenario) => {
      expect(await run(scenario, '2025-11-25')).toContain('OVERALL: PASSED')
    },
    SCENARIO_MS,
  )
})

describe('stateless', () => {
  test.each([
    'tools_call',
    'request-metadata',
    'sep-2322-client-request-state',
    'http-standard-headers',
    'http-custom-headers',
    'http-invalid-tool-headers',
    'json-schema-ref-no-deref',
    'json-schema-2020-12-preservation',
  ])(
    'a line passes %s',
    async (scenario) => {
      expect(await run(scenario, '2026-07-28')).toContain('OVERALL: PASSED')
    },
    SCENARIO_MS,
  )
})
