import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openWeb, type Web } from '../attack/web-house.ts'
import { bench } from '../bench.ts'
import { startChromium } from '../chromium.ts'
import { openHooks, openReceiver, openSender, signedByGithub } from '../webhooks.ts'
import { builtPage, visit } from './visit.ts'

vi.setConfig({ testTimeout: 150_000 })

let web: Web
let browser: Browser
let house: Awaited<ReturnType<typeof bench>>

beforeAll(async () => {
  web = await openWeb({ webRoot: builtPage() })
  browser = await startChromium()
  house = await bench()
  await house.given.project()
}, 120_000)

afterAll(async () => {
  await browser?.close()
}, 60_000)

/** Shows the page to somebody who has a key. */
const atWebhooks = async (key: string) => {
  const visited = await visit(browser, web.home)
  const { page } = visited
  await page.goto(`${web.home}/settings/webhooks#key=${key}`)
  await page.getByRole('heading', { name: 'Webhooks', exact: true }).waitFor()
  return visited
}

const shown = async (page: Page, label: string): Promise<string> =>
  (await page.getByLabel(label, { exact: true }).textContent()) ?? ''

test('a webhook is made, called, and its task is a link; secrets are shown once', async () => {
  const { page, end } = await atWebhooks(house.ownerKey)
  await page.getByText('No system calls the hall yet.').waitFor()
  await page.getByRole('button', { name: 'New webhook' }).click()
  await page.getByLabel('Name').fill('issues')
  await page.getByLabel('Makes tasks in').selectOption('GH')
  await page.getByLabel('Title').fill('Issue {{issue.title}}')
  await page.getByRole('button', { name: 'Make the webhook' }).click()
  const [url, secret] = [await shown(page, 'Address'), await shown(page, 'Secret')]
  await page.getByRole('button', { name: 'Done' }).click()
  expect(await page.content()).not.toContain(secret)

  const hooks = await openHooks(house)
  const body = JSON.stringify({ issue: { title: 'from outside' } })
  expect((await hooks.call(url, signedByGithub(secret, body, 'd'), body)).status).toBe(202)
  await hooks.close()
  await page.getByRole('button', { name: 'Look at issues' }).click()
  const calls = page.getByLabel('Last calls')
  await calls.getByRole('link', { name: 'GH-1' }).click()
  await page.getByText('Issue from outside').first().waitFor()
  await end()
})

test('dead letters are seen and sent again with a button', async () => {
  const receiver = await openReceiver()
  const sender = openSender(house, [receiver.port])
  receiver.answer({ status: 410 })
  const { page, end } = await atWebhooks(house.ownerKey)
  await page.getByRole('button', { name: 'New subscription' }).click()
  await page.getByLabel('Name').fill('out')
  await page.getByLabel('Address', { exact: true }).fill(receiver.url)
  await page.getByRole('button', { name: 'Send events' }).click()
  await shown(page, 'Secret')
  await page.getByRole('button', { name: 'I have kept it' }).click()
  await page.getByRole('button', { name: 'Look at out' }).click()
  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByText('A test delivery is on its way.').waitFor()
  await sender.settle()
  await page.reload()
  await page.getByText('the receiver says that it is gone').waitFor()
  await page.getByRole('button', { name: 'Look at out' }).click()
  await page.getByRole('button', { name: 'Switch on' }).click()
  await page.getByRole('button', { name: 'Send a test' }).waitFor()
  receiver.answer({ status: 204 })
  await page.getByRole('button', { name: 'Given up', exact: true }).click()
  await page.getByRole('button', { name: 'Send tools.ping again' }).click()
  await page.getByText('1 sent again, 0 still given up.').waitFor()
  await sender.settle()
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await page.getByLabel('Deliveries', { exact: true }).getByText('Arrived').waitFor()
  expect(receiver.arrived).toHaveLength(2)
  await sender.close()
  await receiver.close()
  await end()
})

test('who may only look sees no way to change anything', async () => {
  await house.run('identity.create_person', { handle: 'rae', name: 'Rae', role: 'member' })
  const { key } = await house.run<{ key: string }>('identity.create_key', {
    name: 'rae',
    principal: 'rae',
  })
  const { page, end } = await atWebhooks(key)
  await page.getByRole('button', { name: 'Look at issues' }).click()
  await page.getByLabel('Address of issues').waitFor()
  for (const name of ['New webhook', 'New subscription', 'New secret', 'Delete']) {
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0)
  }
  await end()
})
