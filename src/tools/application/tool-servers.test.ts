import { expect, test } from 'vitest'
import { FREE, puppetWith, toolsHouse } from '../../../test/tools/house.ts'
import { said, toolNamed } from '../../../test/tools/puppet.ts'

const READ = { annotations: { readOnlyHint: true, openWorldHint: false } }

const withNotes = async (more: object = {}) => {
  const house = await toolsHouse()
  const puppet = await puppetWith([toolNamed('list_notes', READ), toolNamed('add_note')])
  await house.connect(puppet, { slug: 'notes', ...more })
  return { ...house, puppet }
}

test('a server that is switched off has no tools, and has them again when it is on', async () => {
  const { run, tool, refused } = await withNotes()
  await run('tools.change_tool_server', { slug: 'notes', enabled: false })
  expect((await run('tools.find_tools', { server: 'notes' })).items).toEqual([])
  const call = { name: 'notes__list_notes' }
  expect(await refused('tools.call_tool', call)).toMatchObject({ code: 'tools.unknown_tool' })
  await run('tools.change_tool_server', { slug: 'notes', enabled: true })
  expect(await tool('notes__list_notes')).toMatchObject({ state: 'done' })
})

test('a removed server is gone, and its calls stay in the record', async () => {
  const { run, tool, refused } = await withNotes()
  await tool('notes__list_notes')
  await run('tools.remove_tool_server', { slug: 'notes' })
  expect((await run('tools.list_tool_servers')).items).toEqual([])
  expect((await run('tools.list_tool_calls')).items).toMatchObject([{ tool: 'list_notes' }])
  const again = await refused('tools.remove_tool_server', { slug: 'notes' })
  expect(again).toMatchObject({ kind: 'not_found' })
})

test('what a server adds later waits for a decision, and can be used after it', async () => {
  const { run, tool, refused, puppet, refresh } = await withNotes()
  puppet.tools = [...puppet.tools, toolNamed('drop_notes')]
  await refresh('notes')
  const call = { name: 'notes__drop_notes' }
  expect(await refused('tools.call_tool', call)).toMatchObject({ code: 'tools.quarantined' })
  const shown = await run('tools.show_tool', { name: 'notes__drop_notes' })
  expect(shown).toMatchObject({ state: 'proposed' })
  await run('tools.approve_tool', { name: 'notes__drop_notes', hash: shown.hash })
  expect(await tool('notes__drop_notes')).toMatchObject({ state: 'done' })
  const [server] = (await run('tools.list_tool_servers')).items
  expect(server).toMatchObject({ slug: 'notes', state: 'ready', tools: 3, blocked: 0 })
})

test('a server that is away keeps its tools, and says why it could not be asked', async () => {
  const { run, puppet } = await withNotes()
  await puppet.stop()
  const { failure } = await run('tools.refresh_tools', { slug: 'notes' })
  expect(failure).not.toBeNull()
  const [server] = (await run('tools.list_tool_servers')).items
  expect(server).toMatchObject({ state: 'degraded', tools: 2, failure })
})

test('arguments that do not fit never leave, and the answer shows how to call', async () => {
  const house = await toolsHouse()
  const inputSchema = {
    type: 'object',
    properties: { title: { type: 'string' }, count: { type: 'integer' } },
    required: ['title'],
  }
  const puppet = await puppetWith([toolNamed('add', { inputSchema })])
  await house.connect(puppet, { slug: 'notes' })
  const wrong = { name: 'notes__add', args: { count: 'three' } }
  const refusal = await house.refused('tools.call_tool', wrong)
  expect(refusal).toMatchObject({ kind: 'invalid', code: 'tools.arguments_do_not_fit' })
  expect(refusal.said).toBe('notes__add: title: is missing.')
  expect(refusal.details).toMatchObject({ signature: expect.stringContaining('notes__add') })
  expect(puppet.calls()).toEqual([])
})

test('a long result is read on in parts by its key, and by nobody else', async () => {
  const { tool, puppet, refused, given, say } = await withNotes()
  const text = Array.from({ length: 9_000 }, (_, line) => `line ${line} ü`).join('\n')
  puppet.acts.set('list_notes', () => said(text))
  const first = await tool('notes__list_notes')
  expect(first).toMatchObject({ part: 1, key: 'TC-1' })
  expect(first.parts).toBeGreaterThan(2)
  const parts: string[] = []
  for (let part = 1; part <= first.parts; part += 1) {
    const args = { call: 'TC-1', part }
    parts.push(await say('tools.call_tool', { name: 'guildhall__result', args }))
  }
  const whole = parts.map((one) => one.replace(/\n\[TC-1: part .*\]$/s, '')).join('')
  expect(whole).toBe(text)
  const other = await given.person('eve', 'admin')
  const foreign = await refused('tools.get_tool_call', { key: 'TC-1' }, other)
  expect(foreign).toMatchObject({ kind: 'not_found' })
})

test('fields pick out of a structured result what its reader needs', async () => {
  const { run, puppet } = await withNotes()
  const structuredContent = {
    notes: [
      { id: 1, body: 'long' },
      { id: 2, body: 'longer' },
    ],
  }
  puppet.acts.set('list_notes', () => said('2 notes', { structuredContent }))
  const input = { name: 'notes__list_notes', fields: ['notes.*.id'] }
  const { text } = await run('tools.call_tool', input)
  expect(JSON.parse(text)).toEqual({ notes: [{ id: 1 }, { id: 2 }] })
})

const SHARED = { credential: 'shared', auth: { kind: 'header', name: 'x-api-key' } }
const VALUE = 'canary-value-of-a-credential-0123456789'

test('a shared credential goes to its server, and nobody sees it', async () => {
  const { run, tool, puppet, due, ledger } = await withNotes(SHARED)
  const [before] = (await run('tools.list_tool_servers')).items
  expect(before).toMatchObject({ state: 'needs_connect', connected: false, tools: 0 })
  await run('tools.connect_account', { server: 'notes', value: VALUE })
  await due('tools.refresh_due_tools')
  puppet.acts.set('list_notes', ({ headers }) => said(`You sent ${String(headers['x-api-key'])}`))
  const answer = await tool('notes__list_notes')
  expect(puppet.heard.at(-1)?.headers['x-api-key']).toBe(VALUE)
  expect(JSON.stringify(answer)).not.toContain('canary-value')
  expect(answer.text).toBe('You sent [secret]')
  const events = await ledger()
  expect(JSON.stringify(events)).not.toContain('canary-value')
  expect(events.map(({ name }) => name)).toContain('tools.secret_used')
})

test('each person calls with an account of their own, or is told to connect one', async () => {
  const { run, tool, refused, puppet, due, given } = await withNotes({
    ...{ credential: 'person', auth: { kind: 'bearer' } },
  })
  await run('tools.connect_account', { server: 'notes', value: VALUE })
  await due('tools.refresh_due_tools')
  const bob = await given.person('bob', 'admin')
  const needed = await refused('tools.call_tool', { name: 'notes__list_notes' }, bob)
  expect(needed).toMatchObject({ code: 'tools.needs_connect' })
  await run('tools.connect_account', { server: 'notes', value: `${VALUE}-of-bob` }, bob)
  await tool('notes__list_notes', {}, bob)
  expect(puppet.heard.at(-1)?.headers.authorization).toBe(`Bearer ${VALUE}-of-bob`)
  await tool('notes__list_notes')
  expect(puppet.heard.at(-1)?.headers.authorization).toBe(`Bearer ${VALUE}`)
})

test('an agent uses a credential in its claim, under a lease that counts its calls', async () => {
  const { run, tool, refused, given, due, ledger } = await withNotes(SHARED)
  await run('tools.connect_account', { server: 'notes', value: VALUE })
  await due('tools.refresh_due_tools')
  const dev = await given.agent('dev-1', ['GH'])
  const call = { name: 'notes__list_notes' }
  expect(await refused('tools.call_tool', call, dev)).toMatchObject({ code: 'tools.lease_needed' })
  await given.tasks([{ title: 'First' }])
  await run('work.next_task', {}, dev)
  await tool('notes__list_notes', {}, dev)
  await tool('notes__list_notes', {}, dev)
  await run('work.finish_work', { lease: 'GH-1#1', outcome: 'done' }, dev)
  const after = await refused('tools.call_tool', { ...call, task: 'GH-1' }, dev)
  expect(after).toMatchObject({ code: 'tools.task_not_held' })
  const leases = (await ledger()).filter(({ name }) => name.startsWith('tools.lease_'))
  expect(leases.map(({ name }) => name)).toEqual(['tools.lease_taken', 'tools.lease_ended'])
})

test('rules of one tool count before those of its server', async () => {
  const { run, tool, refused, given } = await withNotes()
  const dev = await given.agent('dev-1', ['GH'])
  const rules = { ...FREE, kinds: ['person'] }
  await run('tools.set_tool_rules', { server: 'notes', tool: 'notes__add_note', rules })
  expect(await tool('notes__list_notes', {}, dev)).toMatchObject({ state: 'done' })
  const denied = await refused('tools.call_tool', { name: 'notes__add_note' }, dev)
  expect(denied).toMatchObject({ code: 'tools.unknown_tool' })
  const limited = { ...FREE, perMinute: 1 }
  await run('tools.set_tool_rules', { server: 'notes', tool: 'notes__add_note', rules: limited })
  await tool('notes__add_note')
  const often = await refused('tools.call_tool', { name: 'notes__add_note' })
  expect(often).toMatchObject({ kind: 'too_many' })
})

test('a profile says how many tools it lists and what that costs', async () => {
  const { run, refused } = await withNotes()
  const saved = await run('tools.save_tool_profile', { name: 'writing', tools: ['notes__*'] })
  expect(saved).toMatchObject({ count: 2, advice: 'native' })
  expect(saved.tokens).toBeGreaterThan(10)
  expect((await run('tools.advise_tools')).tools).toBe(2)
  const reserved = await refused('tools.save_tool_profile', { name: 'lean', tools: ['notes__*'] })
  expect(reserved).toMatchObject({ code: 'tools.profile_reserved' })
  const raw = { name: 'raw', tools: ['notes__list_notes'], raw: true }
  const wrong = await refused('tools.save_tool_profile', raw)
  expect(wrong).toMatchObject({ code: 'tools.raw_is_one_server' })
})

test('agents and members change nothing of what is connected', async () => {
  const { refused, given, puppet } = await withNotes()
  const dev = await given.agent('dev-1', ['GH'])
  const mia = await given.person('mia', 'member')
  const acts: readonly (readonly [string, object])[] = [
    ['tools.add_tool_server', { slug: 'other', url: puppet.url }],
    ['tools.add_tool', { entry: 'everything' }],
    ['tools.change_tool_server', { slug: 'notes', enabled: false }],
    ['tools.remove_tool_server', { slug: 'notes' }],
    ['tools.set_tool_rules', { server: 'notes', rules: {} }],
    ['tools.approve_tool', { name: 'notes__add_note', hash: 'a'.repeat(64) }],
    ['tools.reject_tool', { name: 'notes__add_note' }],
    ['tools.refresh_tools', { slug: 'notes' }],
    ['tools.save_tool_profile', { name: 'mine', tools: ['notes__*'] }],
  ]
  for (const [name, input] of acts) {
    for (const somebody of [dev, mia]) {
      expect(await refused(name, input, somebody)).toMatchObject({ kind: 'forbidden' })
    }
  }
})
