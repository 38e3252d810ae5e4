import { createHash } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { TestHub } from '../hub.ts'
import { member, namedUrl, type Peopled, signIn, startPeopled } from './people.ts'
import { visit } from './visit.ts'

const VERIFIER = 'a verifier that this client keeps to itself, 43 letters or more'.replaceAll(
  /\W/g,
  '-',
)

vi.setConfig({ testTimeout: 150_000 })

let peopled: Peopled
let hub: TestHub
let key: string
let browser: Browser

beforeAll(async () => {
  peopled = await startPeopled({ settings: { GUILDHALL_CLIENT_REGISTRATION: 'on' } })
  ;({ hub, key, browser } = peopled)
  await hub.api('POST', '/v1/projects', { key: 'GH', name: 'Guildhall' }, key)
}, 120_000)

afterAll(() => peopled?.stop(), 60_000)

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

/** The address at which the client gets its answer, before a page there has changed it. */
const answered = async (page: Page): Promise<URL> => {
  const request = await page.waitForRequest(/\/done\?/)
  await page.waitForURL(/\/done\b/)
  return new URL(request.url())
}

test('a program is told yes: where the answer goes, what it may, and as which agent', async () => {
  await member(hub, key, 'Mia')
  await hub.api('POST', '/v1/principals/mia/roles', { role: 'lead', project: 'GH' }, key)
  const { page, end } = await visit(browser, namedUrl(hub))
  await page.goto(await askingClient())
  await signIn(page, { email: 'mia@example.org' })
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
  const answer = answered(page)
  await page.getByRole('button', { name: 'Allow' }).click()
  const { searchParams } = await answer
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
  await signIn(page, { email: 'noa@example.org' })
  const answer = answered(page)
  await page.getByRole('button', { name: 'Refuse' }).click()
  expect((await answer).searchParams.get('error')).toBe('access_denied')
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
  await signIn(page, { email: 'lea@example.org' })
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
