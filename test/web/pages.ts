import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { type Act, after, live, prose, said } from '../../scripts/pictures/acts.ts'
import type { AccessHall } from './access-hall.ts'

// Every page there is, and how it is shown: whoever adds a page adds a line here.

/** A dialog over a page, and what opens it. */
export type Over = Readonly<{ name: string; open: Act }>

/** One page as somebody comes to it. */
export type ShownPage = Readonly<{
  /** Names it, and the file that keeps how it is read. */
  name: string
  /** The path of its route, as the router has it. */
  route: string
  path: string | ((hall: AccessHall) => string)
  /** What is there when the page is. */
  ready: Act
  over?: readonly Over[]
}>

const link =
  (name: keyof AccessHall['links']) =>
  ({ links }: AccessHall): string =>
    links[name]

const dialog: Act = (page) => page.getByRole('dialog').first().waitFor()

const keys =
  (...presses: readonly string[]): Act =>
  async (page) => {
    for (const press of presses) await page.keyboard.press(press)
    await dialog(page)
  }

const onCard: Act = (page) => page.locator('[data-card="GH-1"]').focus()
const onTask =
  (key: string): Act =>
  (page) =>
    page.locator(`[data-task="${key}"]`).focus()

const press =
  (name: string): Act =>
  async (page) => {
    await page.getByRole('button', { name, exact: true }).locator('visible=true').first().click()
    await dialog(page)
  }

const task = (page: Page) => page.locator('[data-task]').first().waitFor()

const BOARD: readonly ShownPage[] = [
  {
    ...{ name: 'board', route: '/p/$project/board', path: '/p/GH/board', ready: live },
    over: [
      { name: 'palette', open: keys('Control+k') },
      { name: 'keys', open: keys('?') },
      { name: 'new-task', open: keys('c') },
      { name: 'views', open: keys('v') },
      { name: 'status', open: after(onCard, keys('s')) },
      { name: 'peek', open: after(onCard, keys('Space')) },
      { name: 'new-project', open: press('New project') },
    ],
  },
  {
    ...{ name: 'board-lanes', route: '/p/$project/board', ready: live },
    path: '/p/GH/board?lanes=assignee&q=status%3Aopen',
  },
  { name: 'task', route: '/t/$key', path: '/t/GH-1', ready: prose },
  {
    ...{ name: 'task-full', route: '/t/$key', path: '/t/GH-1?full=1', ready: prose },
    over: [
      { name: 'task-points', open: keys('t') },
      { name: 'task-due', open: keys('Shift+D') },
    ],
  },
]

const PLANS: readonly ShownPage[] = [
  {
    ...{ name: 'backlog', route: '/p/$project/backlog', path: '/p/PORT/backlog', ready: task },
    over: [
      { name: 'paste', open: keys('c') },
      { name: 'plan', open: press('Plan a sprint') },
      { name: 'link', open: after(onTask('PORT-13'), keys('d')) },
    ],
  },
  { name: 'ready', route: '/p/$project/ready', path: '/p/PORT/ready', ready: task },
  {
    ...{ name: 'sprint', route: '/p/$project/sprint', path: '/p/PORT/sprint', ready: task },
    over: [{ name: 'sprint-close', open: press('Close sprint') }],
  },
  {
    ...{ name: 'sprint-planned', route: '/p/$project/sprint/$number', path: '/p/PORT/sprint/3' },
    ready: task,
  },
  {
    ...{ name: 'sprint-closed', route: '/p/$project/sprint/$number', path: '/p/PORT/sprint/1' },
    ready: task,
  },
  {
    ...{ name: 'sprint-burndown', route: '/p/$project/sprint/$number' },
    path: '/p/PORT/sprint/2?tab=burndown',
    ready: (page) => page.getByRole('slider', { name: 'Points of Burndown' }).waitFor(),
  },
  {
    ...{ name: 'numbers', route: '/p/$project/numbers', path: '/p/PORT/numbers' },
    async ready(page) {
      for (const name of ['Velocity', 'Cumulative flow', 'Age of work in progress']) {
        await page.getByRole('slider', { name: `Points of ${name}` }).waitFor()
      }
    },
  },
]

const CONTEXTS: readonly ShownPage[] = [
  {
    ...{ name: 'context', route: '/p/$project/context', ready: said('Outer tiers speak') },
    path: '/p/GH/context?at=GH-1&path=test.one',
    over: [{ name: 'context-add', open: keys('n') }],
  },
  {
    ...{ name: 'context-history', route: '/p/$project/context', ready: said('v2') },
    path: '/p/GH/context?at=GH&tab=history',
  },
  {
    ...{ name: 'context-proposals', route: '/p/$project/context', ready: said('Conflict') },
    path: '/p/GH/context?tab=proposals',
  },
  {
    ...{ name: 'context-agent', route: '/p/$project/context', ready: said('of 1,500') },
    path: '/p/GH/context?at=GH-1&tab=agent',
  },
  {
    ...{ name: 'vision', route: '/p/$project/vision', ready: said('Teams use it') },
    path: '/p/GH/vision?open=O-3',
    over: [{ name: 'objective', open: keys('n') }],
  },
]

const PEOPLE: readonly ShownPage[] = [
  { name: 'home', route: '/', path: '/', ready: said('Which columns') },
  { name: 'my-work', route: '/me', path: '/me', ready: said('In your hands') },
  {
    ...{ name: 'inbox', route: '/inbox', path: '/inbox' },
    ready: after(said('Push to main'), async (page) => {
      await page.locator('[data-approval] button').first().click()
      await page.getByText('git__delete_branch').first().waitFor()
    }),
  },
  {
    ...{ name: 'agents', route: '/agents', path: '/agents?connect=true' },
    ready: said('It works in'),
  },
  { name: 'agent', route: '/agents/$name', path: '/agents/dev-1', ready: said('Doing now') },
  {
    ...{ name: 'ledger', route: '/ledger', path: '/ledger?object=GH-6' },
    ready: after(said('task claimed'), async (page) => {
      await page.getByRole('list', { name: 'Events' }).getByRole('button').first().click()
      await page.getByText('Hash before').waitFor()
    }),
  },
  { name: 'start', route: '/start', path: '/start?step=project', ready: said('Set up the hall') },
  { name: 'lost', route: '$', path: '/nowhere', ready: said('nothing here') },
]

const TOOLS: readonly ShownPage[] = [
  { name: 'tools', route: '/tools', path: '/tools', ready: said('tools ·') },
  { name: 'tools-add', route: '/tools', path: '/tools?add=catalogue', ready: said('Playwright') },
  {
    ...{ name: 'tools-server', route: '/tools/$server', path: '/tools/notes' },
    ready: said('tools that you may see'),
  },
  {
    ...{ name: 'tools-tool', route: '/tools/$server/$tool', ready: said('Try this tool') },
    path: '/tools/notes/notes__note',
  },
]

const SETTINGS: readonly ShownPage[] = [
  {
    ...{ name: 'settings', route: '/settings', path: '/settings' },
    ready: said('Tasks at a time'),
  },
  {
    ...{ name: 'limits', route: '/settings/limits', path: '/settings/limits' },
    ready: after(
      said('Imports'),
      after(said('holds'), async (page) => {
        await page.getByRole('option', { name: '@dev-1' }).waitFor({ state: 'attached' })
      }),
    ),
  },
  {
    ...{ name: 'data', route: '/settings/data', path: '/settings/data' },
    ready: said('Choose a folder'),
  },
  {
    ...{ name: 'security', route: '/settings/security', path: '/settings/security' },
    ready: said('laptop'),
  },
  {
    ...{ name: 'appearance', route: '/settings/appearance', path: '/settings/appearance' },
    ready: said('Comfortable'),
  },
  {
    ...{ name: 'members', route: '/settings/members', path: '/settings/members' },
    ready: after(said('The harbour'), said('ines@example.org')),
  },
  {
    ...{ name: 'webhooks', route: '/settings/webhooks', path: '/settings/webhooks' },
    ready: after(said('forge'), said('pager')),
  },
  { name: 'device', route: '/device', path: '/device', ready: said('Connect a device') },
  {
    ...{ name: 'consent', route: '/oauth/interaction/$uid', path: link('consent') },
    ready: said('It acts as you'),
  },
]

/** The pages about work. */
export const WORK_PAGES: readonly ShownPage[] = [...BOARD, ...PLANS, ...CONTEXTS]

/** The pages about people and agents, tools and settings. */
export const HALL_PAGES: readonly ShownPage[] = [...PEOPLE, ...TOOLS, ...SETTINGS]

/** The pages for who is not signed in. */
export const ENTRY_PAGES: readonly ShownPage[] = [
  { name: 'sign-in', route: '/sign-in', path: '/sign-in', ready: said('E-mail') },
  {
    ...{ name: 'callback', route: '/sign-in/callback', path: '/sign-in/callback' },
    ready: said('That did not work'),
  },
  { name: 'set-up', route: '/set-up', path: '/set-up', ready: said('guildhall open') },
  {
    ...{ name: 'invitation', route: '/invitation', path: link('invitation') },
    ready: said('Say how you are called'),
  },
  { name: 'reset', route: '/reset', path: link('reset'), ready: said('Choose a new password') },
  { name: 'verify', route: '/verify', path: '/verify', ready: said('ask for another one') },
]

/** Every page. */
export const PAGES: readonly ShownPage[] = [...WORK_PAGES, ...HALL_PAGES, ...ENTRY_PAGES]

const ROUTES = join(import.meta.dirname, '..', '..', 'web', 'src', 'shell', 'routes')

/** Reads the paths of all routes out of the router's own files. */
export const routePaths = (): readonly string[] =>
  readdirSync(ROUTES).flatMap((file) =>
    [...readFileSync(join(ROUTES, file), 'utf8').matchAll(/\bpath: '([^']+)'/g)].map(
      ([, path = '']) => path,
    ),
  )
