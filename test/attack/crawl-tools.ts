import { FREE, puppetWith } from '../tools/house.ts'
import { said, toolNamed } from '../tools/puppet.ts'
import type { Names } from './crawl-names.ts'

const CALLS = 5

/** Runs an operation as one of the organisation that is seeded. */
export type Run = (name: string, input: object, by?: 'owner' | 'agent' | 'web') => Promise<unknown>

/** Names the tool that can be called in an organisation with a server of tools. */
export const toolOf = ({ server }: Names): string => `${server}__send`

/** Adds all that tools bring: a server, an account, calls, a waiting one, a profile, webhooks. */
export const seedTools = async (run: Run, names: Names): Promise<void> => {
  const { server, handle } = names
  const puppet = await puppetWith([
    toolNamed('send', { description: names.text() }),
    toolNamed('ask', { description: names.text() }),
  ])
  puppet.acts.set('send', () => said(`${names.text()} ${'x'.repeat(40_000)}`))
  puppet.instructions = names.text()
  await run('tools.create_secret', { name: handle, value: names.text() })
  await run('tools.add_tool_server', {
    ...{ slug: server, title: names.text(), url: puppet.url, trust: true, rules: FREE },
    ...{ credential: 'shared', auth: { kind: 'bearer' } },
  })
  const account = { server, secret: handle, account: names.text() }
  await run('tools.connect_account', account)
  await run('tools.refresh_tools', { slug: server })
  const asked = { server, tool: `${server}__ask`, rules: { ...FREE, approval: 'always' } }
  await run('tools.set_tool_rules', asked)
  const send = { name: toolOf(names), args: { text: names.text() } }
  for (let at = 0; at < CALLS; at++) await run('tools.call_tool', send)
  await run('tools.call_tool', { name: asked.tool, args: { text: names.text() } })
  const profile = { name: handle, title: names.text(), tools: [send.name] }
  await run('tools.save_tool_profile', profile)
  await seedAround(run, names)
}

/** Adds what reaches in and out without a call: webhooks, and a client at an issuer. */
const seedAround = async (run: Run, names: Names): Promise<void> => {
  const { handle } = names
  await run('tools.create_webhook', { name: handle, scheme: 'github' })
  const out = { name: handle, url: 'https://example.org/hook', events: ['*'] }
  await run('tools.create_subscription', out)
  await run('tools.set_oauth_client', {
    ...{ issuer: `https://${handle}.example.org`, clientId: handle },
    ...{ clientSecret: names.text(), authMethod: 'client_secret_post' },
  })
}
