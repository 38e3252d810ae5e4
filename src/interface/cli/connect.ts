import { copyFile, mkdir, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Bridge, type Entry, tomlTable } from '../agent-clients.ts'
import { nearest } from '../../kernel/text.ts'
import { type Client, CLIENTS, type Placed } from './client-entries.ts'
import { readJsonc, unreadable, withJsonc } from './config-files.ts'
import { EXIT, fail } from './failure.ts'
import { type CommandSpec, type Given, isOn, type Session } from './session.ts'
import { withTable } from './toml-table.ts'

const NAMES = CLIENTS.map(({ name }) => name)

/** Prints or writes the configuration with which an agent program reaches Guildhall. */
export const connectCommand: CommandSpec = {
  path: ['connect'],
  brief: `Print the configuration of an agent: ${NAMES.join(', ')}.`,
  details:
    `Print the configuration with which an agent program reaches Guildhall: ${NAMES.join(', ')}. ` +
    'With --write it is merged into the program’s own file: only our entry changes, comments ' +
    'stay, and the file as it was is kept beside it as .bak. No key is ever written.',
  positions: [{ name: 'client', brief: NAMES.join(', ') }],
  flags: [
    { name: 'http', brief: 'Talk HTTP instead of starting the bridge', kind: 'switch' },
    { name: 'write', brief: 'Merge it into the file instead of printing it', kind: 'switch' },
  ],
  run: async (given, session) => {
    const client = clientOf(given.words[0] ?? '')
    const plan = await planOf(client, given, session)
    if (isOn(given, 'write')) return write(plan, session)
    return show(plan, session)
  },
}

type Plan = Readonly<{
  client: Client
  file: string
  /** The file as it is; null: there is none yet. */
  before: string | null
  at: readonly string[]
  entry: Entry
  places: readonly Placed[]
  remarks: readonly string[]
}>

const clientOf = (name: string): Client => {
  const client = CLIENTS.find((one) => one.name === name)
  if (client) return client
  const near = nearest(name, NAMES)
  const guess = near ? ` Did you mean "${near}"?` : ''
  throw fail(
    'invalid',
    `Guildhall knows no agent "${name}"; it knows ${NAMES.join(', ')}.${guess}`,
    {
      hint: `guildhall connect ${near ?? 'claude-code'}`,
    },
  )
}

const planOf = async (client: Client, given: Given, session: Session): Promise<Plan> => {
  const { file, before } = await fileOf(client, session)
  const existing = client.format === 'json' ? readJsonc(before ?? '', file) : null
  const at = client.at(existing)
  const shared = { client, file, before, at }
  if (isOn(given, 'http')) {
    const entry = client.http(`${await session.hub.url()}/agent/mcp`, existing)
    const places = [{ at, value: entry }, ...placesBeside(client, existing)]
    const remark = client.beside ? [] : ['Put an agent key into GUILDHALL_KEY of that program.']
    return { ...shared, entry, places, remarks: remark }
  }
  const keyFile = path.resolve(
    session.env.cwd,
    session.switches.keyFile ?? path.join(session.env.home, 'keys', 'default.key'),
  )
  const entry = client.stdio(bridgeOf(keyFile, session))
  return { ...shared, entry, places: [{ at, value: entry }], remarks: await keyRemarks(keyFile) }
}

const bridgeOf = (keyFile: string, { env, switches }: Session): Bridge => {
  const address = switches.url === undefined ? [] : ['--url', switches.url]
  // The program starts the bridge without our environment: what is not usual has to be said.
  const usual = env.home === path.join(env.userHome, '.guildhall')
  const home = usual ? [] : ['--home', env.home]
  const args = [env.cliPath, 'mcp', ...home, '--key-file', keyFile, ...address]
  return { command: env.nodePath, args }
}

const keyRemarks = async (keyFile: string): Promise<readonly string[]> => {
  if (await stat(keyFile).catch(() => null)) return []
  return [
    `There is no key at ${keyFile} yet. Make an agent and put its key there:`,
    '  guildhall agent create --name my-agent --project KEY --json',
  ]
}

const fileOf = async (
  client: Client,
  { env }: Session,
): Promise<{ file: string; before: string | null }> => {
  const files = client.files(env)
  for (const file of files) {
    const before = await readFile(file, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw unreadable(file, 1, 'the system does not let us')
    })
    if (before !== null) return { file, before }
  }
  return { file: files[0] ?? '', before: null }
}

const placesBeside = (client: Client, existing: unknown): readonly Placed[] => {
  const { beside } = client
  if (beside === undefined) return []
  const list: unknown =
    typeof existing === 'object' && existing !== null
      ? Object.entries(existing).find(([name]) => name === beside.list)?.[1]
      : undefined
  if (!Array.isArray(list)) return [{ at: [beside.list], value: [beside.value] }]
  const there = list.some(
    (one: unknown) =>
      typeof one === 'object' && one !== null && 'id' in one && one.id === beside.id,
  )
  return there ? [] : [{ at: [beside.list, list.length], value: beside.value }]
}

const show = (plan: Plan, { print, switches }: Session): number => {
  const { client, file, at, entry, remarks } = plan
  if (switches.json) {
    print.data(`${JSON.stringify({ client: client.name, file, entry })}\n`)
    return EXIT.ok
  }
  print.note(`${client.title}: add this to ${file}, or run it again with --write.`)
  const fresh = client.format === 'toml' ? tomlTable(at, entry) : withJsonc('', plan.places, file)
  print.data(`${fresh.trimEnd()}\n`)
  for (const remark of remarks) print.note(remark)
  return EXIT.ok
}

const write = async (plan: Plan, { print, switches }: Session): Promise<number> => {
  const { client, file, before, remarks } = plan
  const after = merged(plan)
  const changed = after !== before
  if (changed) await replaceFile(file, before, after)
  if (switches.json) {
    print.data(`${JSON.stringify({ client: client.name, file, changed, entry: plan.entry })}\n`)
    return EXIT.ok
  }
  const kept = before === null ? '' : ` The file as it was: ${file}.bak.`
  if (!switches.quiet) {
    print.line(changed ? `${client.title} is connected: ${file}.${kept}` : `${file} is up to date.`)
  }
  for (const remark of remarks) print.note(remark)
  return EXIT.ok
}

const merged = ({ client, file, before, at, entry, places }: Plan): string => {
  if (client.format === 'json') return withJsonc(before ?? '', places, file)
  const result = withTable(before ?? '', at, entry)
  if (result.kind === 'text') return result.text
  throw unreadable(file, result.fault.line, result.fault.why)
}

/** Writes a file whole or not at all; a link stays a link, and the old content stays as `.bak`. */
const replaceFile = async (file: string, before: string | null, after: string): Promise<void> => {
  if (before === null) {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, after, { flag: 'wx' })
    return
  }
  const target = await realpath(file)
  const { mode } = await stat(target)
  await copyFile(target, `${file}.bak`)
  const part = `${target}.${process.pid}.part`
  await writeFile(part, after, { mode: mode & 0o777 })
  await rename(part, target)
}
