// The commands around the sealed ledger that are more than one call of an operation: a bundle is
// verified here, without any hub.
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Refusal } from '../../kernel/refusal.ts'
import { EXIT, fail, VERDICTS } from './failure.ts'
import { thingText } from './output.ts'
import {
  type CommandSpec,
  type FlagSpec,
  type Given,
  isOn,
  NOBODY,
  type Session,
  textOf,
} from './session.ts'

const EXPORT_MS_MAX = 15 * 60_000

/** Verifies the lines of a bundle; `key` is the text of a key file. */
export type VerifyBundle = (
  lines: AsyncIterable<string>,
  options: Readonly<{ key?: string | undefined }>,
) => Promise<Readonly<{ ok: boolean }>>

const file = (name: string, brief: string): FlagSpec => ({
  name,
  brief,
  kind: 'value',
  placeholder: 'file',
})

/** Makes the commands; what reads bundles is handed in and loaded only when one is read. */
export const ledgerCommands = (verify: VerifyBundle): readonly CommandSpec[] => [
  {
    path: ['ledger', 'verify'],
    brief: 'Verify the ledger, or a bundle of it without any hub: exit 0 whole, 5 broken.',
    details:
      'Verify the ledger of the running hub, or a bundle from "ledger export" on any machine. ' +
      'Exit codes: 0 whole, 5 broken, 2 not readable. Without --key a bundle vouches for itself.',
    positions: [],
    flags: [
      file('bundle', 'Verify this file; no hub is asked'),
      file('key', 'Public keys of the hub: checkpoints/hub.keys of its home'),
    ],
    run: async (given, session) => {
      const name = textOf(given, 'bundle')
      const output =
        name === undefined
          ? await askHub(given, session)
          : await readBundle(name, given, { verify, session })
      return show('identity.verify_ledger', output, session)
    },
  },
  {
    path: ['ledger', 'accept-restore'],
    brief: 'Accept that the ledger was restored on purpose; what it lost stays named for ever.',
    positions: [],
    flags: [],
    run: async (_, session) => {
      const request = { method: 'POST', path: '/v1/ledger/restores', json: {}, write: true }
      return show('identity.accept_restore', await session.hub.ask(request), session)
    },
  },
  {
    path: ['ledger', 'export'],
    brief: 'Write the ledger: a bundle that verifies offline, JSON lines, or OCSF records.',
    positions: [],
    flags: [
      {
        name: 'format',
        brief: 'The form of the lines',
        kind: 'value',
        values: ['bundle', 'jsonl', 'ocsf'],
      },
      { name: 'from', brief: 'First position', kind: 'value', placeholder: 'number' },
      { name: 'to', brief: 'Last position', kind: 'value', placeholder: 'number' },
      { name: 'private', brief: 'With the erasable parts: names, mail, texts', kind: 'switch' },
      { name: 'mask', brief: 'Mask personal data; names in texts are not found', kind: 'switch' },
      file('out', 'Write to this file instead of stdout'),
    ],
    run: exportLedger,
  },
]

const askHub = async (given: Given, { hub }: Session): Promise<unknown> => {
  if (textOf(given, 'key') !== undefined) {
    const hint = 'guildhall ledger verify --bundle FILE --key FILE'
    throw fail('invalid', 'A key file is for bundles; the hub knows its keys itself.', { hint })
  }
  return hub.ask({ method: 'GET', path: '/v1/ledger/verify', answerMsMax: EXPORT_MS_MAX })
}

type Reading = Readonly<{ verify: VerifyBundle; session: Session }>

const readBundle = async (name: string, given: Given, { verify, session }: Reading) => {
  const keyFile = textOf(given, 'key')
  const { cwd } = session.env
  const key =
    keyFile === undefined ? undefined : await readText(path.resolve(cwd, keyFile), keyFile)
  const input = createReadStream(path.resolve(cwd, name), 'utf8')
  // A file that is not there shows when it is read; an event nobody hears would end the process.
  let broken: Error | undefined
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
  input.on('error', (error) => {
    broken = error
    lines.close()
  })
  try {
    return await verify(lines, { key })
  } catch (error) {
    if (broken) throw fail('invalid', `The file ${name} cannot be read.`)
    if (error instanceof Refusal) throw fail('invalid', error.message, { code: error.code })
    throw error
  } finally {
    input.destroy()
  }
}

const readText = async (place: string, name: string): Promise<string> => {
  try {
    return await readFile(place, 'utf8')
  } catch {
    throw fail('invalid', `The file ${name} cannot be read.`)
  }
}

/** Prints an answer in its operation's own words; a broken ledger says so by its exit code. */
const show = (name: string, output: unknown, session: Session): number => {
  const { print, switches, operations } = session
  const say = operations.find((operation) => operation.name === name)?.say
  const words = say?.(output, { now: 0, actor: NOBODY }, {}) ?? thingText(output).trimEnd()
  if (switches.json) print.data(`${JSON.stringify(output)}\n`)
  else if (!switches.quiet) print.line(words)
  return name === 'identity.verify_ledger'
    ? (VERDICTS['ledger verify']?.(output) ?? EXIT.ok)
    : EXIT.ok
}

async function exportLedger(given: Given, session: Session): Promise<number> {
  const search = new URLSearchParams()
  for (const name of ['format', 'from', 'to']) {
    const value = textOf(given, name)
    if (value !== undefined) search.set(name, value)
  }
  for (const name of ['private', 'mask']) if (isOn(given, name)) search.set(name, 'true')
  const response = await session.hub.open({
    method: 'GET',
    path: `/v1/ledger/export${search.size > 0 ? `?${search.toString()}` : ''}`,
    headers: { accept: 'application/x-ndjson' },
    answerMsMax: EXPORT_MS_MAX,
  })
  const body = response.body ? Readable.fromWeb(response.body) : Readable.from([])
  const out = textOf(given, 'out')
  if (out === undefined) {
    await pipeline(body, session.stdout, { end: false, signal: session.signal })
    return EXIT.ok
  }
  const place = path.resolve(session.env.cwd, out)
  const part = `${place}.part`
  await pipeline(body, createWriteStream(part, { mode: 0o600 }), { signal: session.signal })
  await rename(part, place)
  session.print.note(`Written to ${out}.`)
  return EXIT.ok
}
