import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { startChromium } from '../chromium.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { builtPage, visit } from './visit.ts'

const POLL = { timeout: 60_000 }
const Made = z.object({ key: z.string() })
const Keys = z.object({ items: z.array(z.object({ lastUsedAt: z.string().nullable() })).min(1) })

vi.setConfig({ testTimeout: 150_000 })

let hub: TestHub
let browser: Browser
let account: string

const bead = (id: string, title: string, more: object = {}) =>
  JSON.stringify({
    ...{ id, title, status: 'open', priority: 2, issue_type: 'task' },
    ...{ created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
    ...more,
  })

const BEADS = [bead('bd-1', 'Lay the table'), bead('bd-2', 'Light the candles'), ''].join('\n')

beforeAll(async () => {
  builtPage()
  account = await mkdtemp(join(tmpdir(), 'guildhall-account-'))
  const repository = join(account, 'code', 'banquet')
  await mkdir(join(repository, '.git'), { recursive: true })
  await mkdir(join(repository, '.beads'), { recursive: true })
  await writeFile(join(repository, '.beads', 'issues.jsonl'), BEADS)
  const settings = {
    mcpServers: { pantry: { command: 'npx', env: { TOKEN: 'sk-of-the-pantry' } } },
  }
  await writeFile(join(account, '.claude.json'), JSON.stringify(settings))
  hub = await startTestHub({ env: { HOME: account } })
  browser = await startChromium()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  await rm(account, { recursive: true, force: true })
}, 60_000)

const atStart = async (path = '/start') => {
  const visited = await visit(browser, hub.url)
  await visited.page.goto(`${hub.url}${path}#key=${hub.ownerKey}`)
  await visited.page.getByRole('heading', { name: 'Set up the hall' }).waitFor()
  return visited
}

test('a new hall looks around when it is let, and takes over what it found', async () => {
  const { page, end } = await atStart()
  await page.getByText('sends nothing anywhere').waitFor()
  await page.getByRole('button', { name: 'Look around' }).click()
  await page.getByText('pantry').waitFor()
  expect(await page.content()).not.toContain('sk-of-the-pantry')
  const found = page.getByRole('listitem').filter({ hasText: join('code', 'banquet') })
  await found.last().getByRole('button', { name: 'Import its backlog' }).click()
  expect(await page.getByLabel('Project name').inputValue()).toBe('banquet')
  await page.getByRole('button', { name: 'Preview the import' }).click()
  await page.getByRole('button', { name: 'Import 2 tasks' }).click()
  await page.getByLabel('Name', { exact: true }).waitFor()
  expect(new URL(page.url()).search).toBe('?step=agent')
  await page.getByRole('button', { name: 'Not now' }).click()
  await page.locator('[data-card="BANQ-1"]').getByText('Lay the table').waitFor()
  await end()
})

test('a demo project is made, or a picked file is taken over, and the page says so', async () => {
  const { page, end } = await atStart('/start?step=project')
  await page.getByRole('button', { name: 'Make the demo project' }).click()
  await page.getByLabel('Name', { exact: true }).waitFor()
  const tasks = await hub.api('GET', '/v1/tasks?project=DEMO&limit=100')
  expect(tasks.body).toMatchObject({ total: 8 })
  await page.goto(`${hub.url}/start?step=project`)
  const text = bead('bd-9', 'Cut the bread')
  const file = { name: 'other.jsonl', mimeType: 'text/plain', buffer: Buffer.from(text) }
  await page.getByLabel('Choose a file').setInputFiles(file)
  await page.getByLabel('Project name').fill('Bread and butter')
  expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('BAB')
  await page.getByRole('button', { name: 'Preview the import' }).click()
  await page.getByRole('button', { name: 'Import 1 task' }).click()
  await page.getByLabel('Name', { exact: true }).waitFor()
  expect(await page.getByLabel('Done', { exact: true }).count()).toBe(2)
  await end()
})

test('who comes back finds what is done, what was not finished, and where to go on', async () => {
  const made = await hub.api('POST', '/v1/agents', { name: 'mute', projects: ['DEMO'] })
  const { key } = Made.parse(made.body)
  const { page, end } = await atStart('/start')
  await page.getByRole('note').getByText('@mute was made, and nothing was heard').waitFor()
  await hub.api('GET', '/v1/me', undefined, key)
  // The hub writes down every few seconds which keys were used.
  const used = async () => Keys.parse((await hub.api('GET', '/v1/keys?principal=mute')).body)
  await expect.poll(async () => (await used()).items[0]?.lastUsedAt, POLL).not.toBeNull()
  await page.reload()
  await page.getByRole('heading', { name: 'The hall is set up' }).waitFor()
  const next = page.getByRole('navigation', { name: 'What is next' })
  await next.getByRole('link', { name: /^Members/ }).waitFor()
  await page.getByRole('button', { name: 'A first project' }).click()
  await page.getByRole('button', { name: 'Make the demo project' }).waitFor()
  expect(new URL(page.url()).search).toBe('?step=project')
  await end()
})

test('a file without a backlog is told so, and nothing is sent', async () => {
  const { page, end } = await atStart('/start?step=project')
  const buffer = Buffer.from('# Notes')
  const file = { name: 'notes.md', mimeType: 'text/markdown', buffer }
  await page.getByLabel('Choose a file').setInputFiles(file)
  await page.getByText('There is no backlog in it').waitFor()
  await end()
})
