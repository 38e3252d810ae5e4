import { createServer } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { TestHub } from '../hub.ts'
import { CLIENT, type Holder, type Issuer, startIssuer } from '../issuer.ts'
import { member, namedUrl, type Peopled, signIn, startPeopled, toSecurity } from './people.ts'
import { visit } from './visit.ts'

vi.setConfig({ testTimeout: 150_000 })

let peopled: Peopled
let hub: TestHub
let issuer: Issuer
let key: string
let browser: Browser

/** Finds a port that is free now: the issuer has to know the hub's before either runs. */
const freePort = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(String(port)))
    })
  })

beforeAll(async () => {
  const port = await freePort()
  issuer = await startIssuer(`http://localhost:${port}/sign-in/callback`)
  const allowed = `127.0.0.1/32:${new URL(issuer.issuer).port}`
  const settings = { GUILDHALL_PORT: port, GUILDHALL_EGRESS_ALLOW: allowed }
  peopled = await startPeopled({ settings })
  ;({ hub, key, browser } = peopled)
  const provider = {
    ...{ kind: 'oidc', name: 'Example', issuer: issuer.issuer, domains: ['example.org'] },
    ...{ clientId: CLIENT.id, clientSecret: CLIENT.secret },
  }
  const { status, body } = await hub.api('PUT', '/v1/providers/example', provider, key)
  if (status !== 200) throw new Error(`No provider: ${JSON.stringify(body)}`)
}, 120_000)

afterAll(async () => {
  await peopled?.stop()
  await issuer?.stop()
}, 60_000)

/** Lets the issuer answer in the browser as if this somebody had signed in there. */
const asHolder = (page: Page, holder: Holder): Promise<unknown> =>
  page.route(`${issuer.issuer}/**`, async (route) => {
    const back = await issuer.visit(route.request().url(), holder)
    const body = `<script>location.replace(${JSON.stringify(back.href)})</script>`
    await route.fulfill({ contentType: 'text/html', body })
  })

const asked = () => new RegExp(`asked ${issuer.issuer}/`)

test('an account elsewhere signs in, and nothing of it stays in the address', async () => {
  const { page, end } = await visit(browser, namedUrl(hub))
  const tess = { sub: 'tess-1', email: 'tess@example.org', verified: true, name: 'Tess' }
  await asHolder(page, tess)
  await page.goto(`${namedUrl(hub)}/settings/security`)
  await page.getByRole('button', { name: 'Continue with Example' }).click()
  await page.getByText('You are @tess.').waitFor()
  expect(page.url()).toBe(`${namedUrl(hub)}/settings/security`)
  await page.goBack()
  await page.waitForLoadState()
  expect(page.url()).not.toContain('code=')
  await end(asked())
})

test('an account elsewhere is linked to the one here, and let go again', async () => {
  await member(hub, key, 'Lou')
  const { page, end } = await visit(browser, namedUrl(hub))
  await asHolder(page, { sub: 'lou-1' })
  await page.goto(`${namedUrl(hub)}/settings/security`)
  await signIn(page, { email: 'lou@example.org' })
  await page.getByRole('button', { name: 'Link Example' }).click()
  const accounts = page.getByRole('list', { name: 'Linked accounts' })
  await accounts.getByText(new URL(issuer.issuer).host).waitFor()
  await page.getByRole('button', { name: 'Sign out', exact: true }).locator('visible=true').click()
  await page.getByRole('button', { name: 'Continue with Example' }).click()
  await page.getByText('Welcome to the hall').waitFor()
  await toSecurity(page)
  await accounts.getByRole('button', { name: 'Unlink' }).click()
  await accounts.waitFor({ state: 'detached' })
  await end(asked())
})

test('an answer that was not asked for in this browser signs nobody in', async () => {
  const { page, end } = await visit(browser, namedUrl(hub))
  await page.goto(`${namedUrl(hub)}/sign-in/callback?code=stolen&state=stolen`)
  await page.getByRole('alert').getByText('not begun in this browser').waitFor()
  expect(page.url()).toBe(`${namedUrl(hub)}/sign-in/callback`)
  await end()
})
