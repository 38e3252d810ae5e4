import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestHub, type TestHub } from '../hub.ts'
import {
  codesSettled,
  invited,
  member,
  namedUrl,
  PASSWORD,
  type Peopled,
  setUpLink,
  signIn,
  type Somebody,
  startPeopled,
  tokenPath,
  totpCode,
  toSecurity,
} from './people.ts'
import { visit } from './visit.ts'

const POLL = { timeout: 30_000 }
// A page whose session was ended has to be gone within a second or two; the rest is the machine.
const CUT = { timeout: 5_000 }

vi.setConfig({ testTimeout: 150_000 })

let peopled: Peopled
let hub: TestHub
let key: string
let browser: Browser

beforeAll(async () => {
  peopled = await startPeopled()
  ;({ hub, key, browser } = peopled)
}, 120_000)

afterAll(() => peopled?.stop(), 60_000)

const open = async (path: string, options: BrowserContextOptions = {}, on = hub) => {
  const url = namedUrl(on)
  const visited = await visit(browser, url, options)
  await visited.page.goto(`${url}${path}`)
  return { ...visited, url }
}

const signedIn = async (somebody: Somebody, path = '/settings/security') => {
  const visited = await open(path)
  await signIn(visited.page, somebody)
  await visited.page.getByRole('heading', { name: 'Security', exact: true }).waitFor()
  return visited
}

const signOut = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Sign out', exact: true }).locator('visible=true').click()

const at = (page: Page): string => new URL(page.url()).pathname
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('the first start makes an owner, who sets up a second factor and signs in by it', async () => {
  const fresh = await startTestHub()
  const link = await setUpLink(fresh)
  const { page, end, url } = await open(link, {}, fresh)
  expect(page.url()).toBe(`${url}/set-up`)
  await page.getByLabel('Name').fill('Ada Lovelace')
  await page.getByLabel('E-mail').fill('ada@example.org')
  await page.getByLabel('Password', { exact: true }).fill('short')
  await page.getByText('7 more characters to go').waitFor()
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('alert').getByText('at least 12 characters').waitFor()
  expect(await page.evaluate('document.activeElement.name')).toBe('new-password')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Set up' }).click()
  await page.getByRole('button', { name: 'Authenticator app' }).click()
  await page.getByRole('img', { name: 'QR code' }).waitFor()
  await page.getByText('It cannot scan').click()
  const secret = (await page.getByLabel('Secret').textContent()) ?? ''
  await codesSettled()
  await page.getByLabel('Code', { exact: true }).fill(totpCode(secret, 1))
  await page.getByRole('button', { name: 'Confirm' }).click()
  const codes = (await page.getByLabel('Backup codes').textContent())?.split('\n') ?? []
  expect(codes).toHaveLength(10)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  expect((await download).suggestedFilename()).toBe('guildhall-backup-codes.txt')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('heading', { name: 'Set up the hall' }).waitFor()
  await signOut(page)
  await page.getByText('You are signed out.').waitFor()

  const ada = { email: 'ada@example.org', name: 'Ada Lovelace' }
  await signIn(page, ada, 'not her password')
  await page.getByText('E-mail or password is not right.').waitFor()
  await signIn(page, ada)
  await page.getByLabel('Code', { exact: true }).fill('000000')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('This code is not right').waitFor()
  await page.getByLabel('Code', { exact: true }).fill(totpCode(secret))
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Welcome to the hall').waitFor()
  await signOut(page)
  await signIn(page, ada)
  await page.getByRole('button', { name: 'Use a backup code' }).click()
  await page.getByLabel('Backup code').fill(codes[3]?.toLowerCase() ?? '')
  await page.getByRole('button', { name: 'Continue' }).click()
  await toSecurity(page)
  await panel(page, 'Backup codes').getByText('9 of 10 are left').waitFor()
  await page.goto(`${url}${link}`)
  await page.getByText('This link is not valid any more').waitFor()
  await end(/status of (401|404|422)/)
  await fresh.stop()
}, 240_000)

test('an invitation lets one person in, who chooses a name and a password', async () => {
  const link = await invited(hub, key, 'ines@example.org')
  const { page, end, url } = await open(link)
  expect(page.url()).toBe(`${url}/invitation`)
  expect(await page.getByLabel('E-mail').inputValue()).toBe('ines@example.org')
  await page.getByLabel('Name').fill('Ines')
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Show password' }).click()
  expect(await page.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('text')
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByRole('heading', { name: 'Protect your account' }).waitFor()
  await page.getByRole('button', { name: 'Not now' }).click()
  await toSecurity(page)
  await panel(page, 'Profile').getByText('You are @ines.').waitFor()
  const again = await open(link)
  await again.page.getByText('This link is not valid any more').waitFor()
  await again.end(/status of 404/)
  await end()
})

test('an owner invites, gives roles, looks up rights and takes invitations back', async () => {
  const { page, end, url } = await open(`/settings/members#key=${key}`)
  await page.getByRole('button', { name: 'Invite a person' }).click()
  await page.getByLabel('E-mail').fill('wanda@example.org')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  const link = (await page.getByLabel('Invitation link').textContent()) ?? ''
  expect(link).toContain('/invitation#')
  await page.getByRole('button', { name: 'Done' }).click()
  const invitations = page.getByRole('list', { name: 'Invitations' })
  await invitations.getByText('wanda@example.org').waitFor()
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await panel(page, 'Invitations').getByText('Everybody who was invited has come.').waitFor()
  await member(hub, key, 'Rosa')
  await page.reload()
  await page.getByRole('button', { name: 'Manage @rosa' }).click()
  await page.getByLabel('Role', { exact: true }).selectOption('auditor')
  await page.getByRole('button', { name: 'Give the role' }).click()
  await page.getByRole('list', { name: 'Roles of @rosa' }).getByText('auditor').waitFor()
  await page.getByLabel('Who', { exact: true }).fill('rosa')
  await page.getByRole('button', { name: 'Show what they may do' }).click()
  const why = page.getByRole('button', { name: /^ledger:read: .* Why/ })
  await why.click()
  await page.getByText('@rosa may ledger:read on org: a role gives it.').waitFor()
  await page.getByRole('button', { name: 'Take auditor away' }).click()
  await why.click()
  await page.getByText('@rosa may not ledger:read on org').waitFor()
  await page.goto(`${url}${tokenPath(link)}`)
  await page.getByText('This link is not valid any more').waitFor()
  await end(/status of 404/)
})

test('a new password comes by a link, and ends what was open before', async () => {
  const tom = await member(hub, key, 'Tom')
  const before = await signedIn(tom)
  const { body } = await hub.api('POST', '/v1/principals/tom/reset-link', {}, key)
  const link = tokenPath(String(Reflect.get(Object(body), 'link')))
  const { page, end } = await open(link)
  await page.getByLabel('New password').fill('a new bell for the hall')
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('Your password is changed').waitFor()
  await before.page.getByRole('dialog', { name: 'Sign in again' }).waitFor()
  await page.getByRole('link', { name: 'Go to the sign-in' }).click()
  await signIn(page, tom)
  await page.getByText('E-mail or password is not right.').waitFor()
  await signIn(page, tom, 'a new bell for the hall')
  await page.getByText('Welcome to the hall').waitFor()
  await before.end(/status of 401|ERR_(INCOMPLETE|ABORTED)/)
  await end(/status of 401/)
})

/** Ends the session that began first, as its person does in another browser. */
const endsElsewhere = async (somebody: Somebody): Promise<void> => {
  const { page, end } = await signedIn(somebody)
  const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
  const theirs = sessions.filter({ hasText: 'Chrome on Linux' })
  await theirs.getByRole('button', { name: 'End the session' }).last().click()
  await expect
    .poll(() => theirs.getByRole('button', { name: 'End the session' }).count(), POLL)
    .toBe(0)
  await end()
}

const againDialog = (page: Page) => page.getByRole('dialog', { name: 'Sign in again' })

const signInAgain = async (page: Page, somebody: Somebody): Promise<void> => {
  const dialog = againDialog(page)
  await signIn(dialog, somebody)
  await dialog.waitFor({ state: 'detached' })
}

test('a session that ends in the middle is begun again over the page, with all in it', async () => {
  const sam = await member(hub, key, 'Sam')
  const { page, end } = await signedIn(sam)
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Sam the Smith')
  await endsElsewhere(sam)
  await againDialog(page).waitFor(CUT)
  await signInAgain(page, sam)
  expect(await name.inputValue()).toBe('Sam the Smith')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Your profile is saved.').first().waitFor()
  await end(/status of 401|ERR_(INCOMPLETE|ABORTED)/)
})

test('whoever comes instead finds nothing of what was there, and nobody is kept in', async () => {
  const [una, tess] = [await member(hub, key, 'Una'), await member(hub, key, 'Tess')]
  const { page, end } = await signedIn(una)
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Not for the eyes of others')
  await endsElsewhere(una)
  await againDialog(page).waitFor(CUT)
  await signInAgain(page, tess)
  await panel(page, 'Profile').getByText('You are @tess.').waitFor()
  expect(await name.inputValue()).toBe('Tess')
  await endsElsewhere(tess)
  await againDialog(page).getByRole('button', { name: 'Another way' }).click()
  await expect.poll(() => at(page), POLL).toBe('/sign-in')
  expect(new URL(page.url()).searchParams.get('next')).toBe('/settings/security')
  await signIn(page, tess)
  await page.getByRole('heading', { name: 'Security', exact: true }).waitFor()
  await end(/status of 401|ERR_(INCOMPLETE|ABORTED)/)
})

test('what matters asks once more for the password, then goes on', async () => {
  const fay = await member(hub, key, 'Fay')
  const { page, end } = await signedIn(fay)
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('Name', { exact: true }).last().fill('a script')
  await page.getByRole('button', { name: 'Make the key' }).click()
  const own = (await page.getByLabel('New key').textContent()) ?? ''
  await end()
  // A link of the command line shows who has a file, and nothing fresher.
  const { body } = await hub.api('POST', '/v1/sign-in-links', {}, own)
  const link = tokenPath(String(Reflect.get(Object(body), 'link')))
  const later = await open('/sign-in')
  await later.page.getByLabel('E-mail').waitFor()
  await later.page.goto(`${later.url}${link}`)
  await later.page.getByText('You opened a link that signs this browser in').waitFor()
  expect(later.page.url()).toBe(`${later.url}/sign-in`)
  await later.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await later.page.getByText('Welcome to the hall').waitFor()
  await toSecurity(later.page)
  await later.page.getByLabel('Name', { exact: true }).fill('Fay of the Forge')
  await later.page.getByRole('button', { name: 'Save' }).click()
  const dialog = later.page.getByRole('dialog', { name: 'Confirm that it is you' })
  await dialog.getByLabel('Password', { exact: true }).fill('not this one')
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await dialog.getByRole('alert').getByText('not right').waitFor()
  await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Confirm' }).click()
  await later.page.getByText('Your profile is saved.').first().waitFor()
  await later.end(/status of (401|403)/)
})

test('a passkey is made, signs in, and is taken away again', async () => {
  const pia = await member(hub, key, 'Pia')
  const { page, end } = await signedIn(pia)
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal' },
      ...{ hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  })
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByLabel('Name', { exact: true }).last().fill('Her key ring')
  await page.getByRole('button', { name: 'Make a passkey' }).click()
  const passkeys = page.getByRole('list', { name: 'Passkeys' })
  await passkeys.getByText('Her key ring').waitFor()
  await signOut(page)
  await page.getByRole('button', { name: 'Continue with a passkey' }).click()
  await page.getByText('Welcome to the hall').waitFor()
  await signOut(page)
  await signIn(page, pia)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByText('Welcome to the hall').waitFor()
  await toSecurity(page)
  await passkeys.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await passkeys.waitFor({ state: 'detached' })
  await end()
})

test('a stranger is asked to sign in, and is led to pages of this hub only', async () => {
  const nia = await member(hub, key, 'Nia')
  const { page, end, url } = await open('/sign-in?next=https://evil.example/')
  await signIn(page, nia)
  await page.getByText('Welcome to the hall').waitFor()
  await page.goto(`${url}/sign-in?next=//evil.example/`)
  await signIn(page, nia)
  await page.getByText('Welcome to the hall').waitFor()
  expect(page.url()).toBe(`${url}/`)
  await end()
})

test('a phone shows every page without scrolling sideways', async () => {
  const zoe = await member(hub, key, 'Zoe')
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
  const { page, end, url } = await open('/settings/security', phone)
  const fits = async (): Promise<void> =>
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360)
  await page.getByLabel('E-mail').waitFor()
  await fits()
  await signIn(page, zoe)
  await panel(page, 'Sessions').waitFor()
  await fits()
  await page.goto(`${url}/settings/members`)
  await panel(page, 'Roles').waitFor()
  await fits()
  await page.goto(`${url}/device`)
  await page.getByLabel('Code').waitFor()
  await fits()
  await end()
})
