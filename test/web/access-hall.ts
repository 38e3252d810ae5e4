import { furnishContext } from '../../scripts/pictures/furnish-context.ts'
import { furnishTeam } from '../../scripts/pictures/furnish.ts'
import { plans } from '../../scripts/pictures/plans.ts'
import { askFor, wishOf } from '../approvals.ts'
import { givenKey, joins } from '../attack/web-house.ts'
import { testHouse } from '../bench.ts'
import { notebookServer } from '../mcp/notebook-server.ts'
import { type Crew, openCrew } from './crew.ts'

// One organisation with something on every page, and the links that strangers come in by.

/** The hub whose pages are looked at. */
export type AccessHall = Crew &
  Readonly<{
    /** Addresses of pages that somebody has to be sent to, each good for a visit. */
    links: Readonly<{ invitation: string; reset: string; consent: string }>
  }>

const WITHOUT_QUESTIONS = { approval: 'never', egress: 'internal' }

/** Opens the hub and fills it. */
export const openAccessHall = async (): Promise<AccessHall> => {
  const crew = await openCrew()
  const { ask } = crew
  await furnishTeam(ask)
  await ask('POST /projects', { key: 'BIG', name: 'The great backlog' })
  await furnishContext(ask)
  await plans(ask)
  const notes = await notebookServer()
  const server = { slug: 'notes', url: notes.url, trust: true, rules: WITHOUT_QUESTIONS }
  await ask('POST /tool-servers', server)
  await ask('POST /tools/notes__note/calls', { args: { title: 'Bring it', stars: 4 } })
  await approvals(crew)
  await outside(crew)
  const links = await people(crew)
  await crew.web.house.settle()
  return {
    ...crew,
    links,
    async stop() {
      await crew.stop()
      await notes.stop()
    },
  }
}

const approvals = async ({ web, agent }: Crew): Promise<void> => {
  const asker = await web.house.hall.authenticate(await agent('dev-3', 'GH'))
  const house = await testHouse()
  await askFor(house, asker)
  const text = 'Push to main'
  const ref = { room: 'tools', id: 'call-2' }
  await askFor(house, asker, { text, ref, risk: 'high', bound: { ...wishOf().bound, run: null } })
}

const outside = async ({ ask }: Crew): Promise<void> => {
  const rule = { project: 'GH', title: 'Call about {{title}}' }
  await ask('POST /webhooks', { name: 'forge', project: 'GH', scheme: 'github', rule })
  const events = ['work.task_moved']
  await ask('POST /subscriptions', { name: 'pager', url: 'http://127.0.0.1:1/in', events })
}

const people = async (crew: Crew): Promise<AccessHall['links']> => {
  const { ask, web, owner } = crew
  await givenKey(web, owner.session)
  const guest = await joins(web, 'member', [{ project: 'GH', role: 'lead' }])
  await ask('POST /teams', { key: 'harbour', name: 'The harbour' })
  await ask('POST /teams/harbour/members', { handle: guest.handle })
  const wish = { email: 'ines@example.org', role: 'member', projects: [] }
  const invited = await ask('POST /invitations', wish)
  const again = await ask(`POST /principals/${guest.handle}/reset-link`, {})
  return {
    invitation: pathOf(invited['link']),
    reset: pathOf(again['link']),
    consent: await consent(crew),
  }
}

const pathOf = (link: unknown): string => {
  const { pathname, hash } = new URL(String(link))
  return pathname + hash
}

// The command line of another device asks to be let in.
const consent = async ({ web }: Crew): Promise<string> => {
  const form = new URLSearchParams({ client_id: 'guildhall-cli', resource: `${web.home}/v1` })
  const answer = await fetch(`${web.home}/oauth/device/auth`, { method: 'POST', body: form })
  const said: unknown = await answer.json()
  return `/oauth/device/${String(Object(said)['user_code'])}`
}
