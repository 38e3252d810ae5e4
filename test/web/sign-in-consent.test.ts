import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startChromium } from '../chromium.ts'
import { startTestHub, type TestHub } from '../hub.ts'
import { member, namedUrl, PASSWORD, withOwner } from './people.ts'
import { visit } from './visit.ts'

const BUILT = join(import.meta.dirname, '..', '..', 'web', 'dist', 'index.html')
const VERIFIER = 'a verifier that this client keeps to itself, 43 letters or more'.replaceAll(
  /\W/g,
  '-',
)

vi.setConfig({ testTimeout: 150_000 })

let hub: TestHub
let key: string
let browser: Browser

beforeAll(async () => {
  if (!existsSync(BUILT)) throw new Error('The web page is not built. Run: npm test')
  hub = await startTestHub({ settings: { GUILDHALL_CLIENT_REGISTRATION: 'on' } })
  browser = await startChromium()
  key = await withOwner(hub)
  await hub.api('POST', '/v1/projects', { key: 'GH', name: 'Guildhall' }, key)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
}, 60_000)

const signIn = async (page: Page, email: string): Promise<void> => {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (body: unknown): body is Fields => typeof body === 'object' && body !== null

/** Posts as a client of the OAuth server does. */
const asClient = async (path: string, type: string, body: string): Promise<Fields> => {
  const headers = { 'content-type': type }
  const answer = await fetch(`${namedUrl(hub)}${path}`, { method: 'POST', headers, body })
  const said: unknown = await answer.json()
  if (answer.ok && isFields(said)) return said
  throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`)
}

/** Registers a client and writes the address at which it asks for access. */
const askingClient = async (): Promise<string> => {
  const url = namedUrl(hub)
  const back = `${url}/done`
  const document = {
    client_name: 'Example Client',
    redirect_uris: [back],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  const made = await asClient('/oauth/register', 'application/json', JSON.stringify(document))
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: String(made['client_id']),
    redirect_uri: back,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'state-1',
    scope: 'work:read work:write',
    resource: `${url}/mcp`,
  })
  return `${url}/oauth/auth?${query.toString()}`
}

test('a program is told yes: where the answer goes, what it may, and as which agent', async () => {
  await member(hub, key, 'Mia')
  await hub.api('POST', '/v1/principals/mia/roles', { role: 'lead', project: 'GH' }, key)
  const { page, end } = await visit(browser, namedUrl(hub))
  await page.goto(await askingClient())
  await signIn(page, 'mia@example.org')
  await page.getByRole('heading', { name: 'Allow Example Client to act for you?' }).waitFor()
  await page.getByText(new URL(namedUrl(hub)).host, { exact: true }).waitFor()
  await page.getByText('go on only if you have just started it').waitFor()
  await page.getByLabel('See projects, tasks, boards').waitFor()
  await page.getByLabel('Create, claim, change').uncheck()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page
    .getByRole('alert')
    .filter({ hasText: /project/i })
    .waitFor()
  await page.getByLabel('Guildhall (GH)').check()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(/\/done\?/)
  const { searchParams } = new URL(page.url())
  expect(searchParams.get('state')).toBe('state-1')
  expect(searchParams.get('code')).toMatch(/^[\w-]{20,}$/)
  await page.goto(`${namedUrl(hub)}/settings/security`)
  const programs = page.getByRole('list', { name: 'Programs' })
  await programs.getByText('Acts as @example-client in GH: work:read').waitFor()
  await programs.getByRole('button', { name: 'Revoke' }).click()
  await page.getByText('None yet. A program asks for it').waitFor()
  await end(/status of (404|422)/)
})

test('a program is told no', async () => {
  await member(hub, key, 'Noa')
  const { page, end } = await visit(browser, namedUrl(hub))
  await page.goto(await askingClient())
  await signIn(page, 'noa@example.org')
  await page.getByRole('button', { name: 'Refuse' }).click()
  await page.waitForURL(/\/done\?/)
  expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied')
  await end(/status of 404/)
})

test('a command line on another device is let in by its code', async () => {
  await member(hub, key, 'Lea')
  const form = new URLSearchParams({
    client_id: 'guildhall-cli',
    resource: `${namedUrl(hub)}/v1`,
  })
  const type = 'application/x-www-form-urlencoded'
  const { user_code: code } = await asClient('/oauth/device/auth', type, form.toString())
  const { page, end } = await visit(browser, namedUrl(hub))
  await page.goto(`${namedUrl(hub)}/device`)
  await signIn(page, 'lea@example.org')
  await page.getByLabel('Code').fill('nonsense')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('There is no such code, or it is over').waitFor()
  await page.getByLabel('Code').fill(String(code).toLowerCase().replace('-', ' '))
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('see the same code on the other screen').waitFor()
  await page.getByText('It acts as you').waitFor()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByRole('heading', { name: 'Allowed' }).waitFor()
  await end()
})
