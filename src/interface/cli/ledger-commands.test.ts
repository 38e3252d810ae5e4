import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { verifyBundle } from '../../platform/evidence/verify-bundle.ts'
import { genesisOf, nextHash } from '../../platform/ledger/check.ts'
import { digestOf } from '../../platform/ledger/outbox.ts'
import { ledgerCommands } from './ledger-commands.ts'
import { runCli } from './run.ts'

const ORG = '018f0000-0000-7000-8000-000000000002'

/** A bundle of three rows that nobody signed, made by hand. */
const bundle = (): string[] => {
  const rows: string[] = []
  let hash = genesisOf(ORG)
  for (let pos = 1; pos <= 3; pos++) {
    const id = `018f0000-0000-7000-8000-00000000010${pos}`
    const fields = { id, name: 'work.task_moved', subject: ORG, actor: null, data: { pos } }
    const sealed = { org_id: ORG, ...fields, subject_version: pos, happened_at: 1_000 * pos }
    const digest = digestOf(sealed)
    hash = nextHash(hash, pos, digest)
    const seal = { digest: digest.toString('hex'), hash: hash.toString('hex'), pos, at: 5_000 }
    const row = { k: 'row', ...fields, subjectVersion: pos, happenedAt: 1_000 * pos, ...seal }
    rows.push(JSON.stringify(row))
  }
  const start = { pos: 0, hash: genesisOf(ORG).toString('hex'), frontier: '' }
  const range = { org: ORG, from: 1, to: 3, private: false, start, note: null }
  const header = { k: 'header', v: 1, ...range, keys: [], epochs: [] }
  const end = { k: 'end', to: 3, hash: hash.toString('hex') }
  return [JSON.stringify(header), ...rows, JSON.stringify(end)]
}

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

const cli = async (argv: readonly string[], more: { url?: string } = {}) => {
  const cwd = await mkdtemp(path.join(tmpdir(), 'guildhall-ledger-'))
  folders.push(cwd)
  await writeFile(path.join(cwd, 'whole.jsonl'), `${bundle().join('\n')}\n`)
  await writeFile(path.join(cwd, 'broken.jsonl'), bundle().join('\n').replace('3000', '3001'))
  await writeFile(path.join(cwd, 'cut.jsonl'), bundle().slice(0, 3).join('\n'))
  await writeFile(path.join(cwd, 'other.txt'), 'This is no bundle.\n')
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const exit = await runCli({
    argv,
    env: {
      home: cwd,
      userHome: cwd,
      cwd,
      url: more.url ?? 'http://127.0.0.1:1',
      key: 'key',
      noColor: true,
      tty: { stdin: false, stdout: false, stderr: false },
      nodePath: process.execPath,
      nodeVersion: process.version,
      cliPath: 'guildhall',
    },
    operations: [],
    serve: async () => 0,
    extra: ledgerCommands(verifyBundle),
    stdin: new PassThrough(),
    stdout,
    stderr,
    version: '0.0.0',
  })
  stdout.end()
  stderr.end()
  return { exit, out: await readAll(stdout), err: await readAll(stderr), cwd }
}

test('a whole bundle verifies without any hub and ends with 0', async () => {
  const { exit, out } = await cli(['ledger', 'verify', '--bundle', 'whole.jsonl', '--json'])
  expect(exit).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ ok: true, from: 1, to: 3, signedTo: 0, erased: null })
})

test.each([
  ['broken.jsonl', { pos: 3, why: 'bad_digest' }],
  ['cut.jsonl', { pos: 3, why: 'truncated' }],
])('the bundle %s ends with 5 and says where', async (name, firstBad) => {
  const { exit, out } = await cli(['ledger', 'verify', '--bundle', name, '--json'])
  expect(exit).toBe(5)
  expect(JSON.parse(out)).toMatchObject({ ok: false, firstBad })
})

test.each([
  [['--bundle', 'other.txt'], 'is not a line of a ledger bundle'],
  [['--bundle', 'missing.jsonl'], 'missing.jsonl cannot be read'],
  [['--bundle', 'whole.jsonl', '--key', 'missing.key'], 'missing.key cannot be read'],
  [['--bundle', 'whole.jsonl', '--key', 'other.txt'], 'no public key'],
  [['--key', 'other.txt'], 'A key file is for bundles'],
])('what cannot be read ends with 2: ledger verify %j', async (words, said) => {
  const { exit, err } = await cli(['ledger', 'verify', ...words])
  expect(exit).toBe(2)
  expect(err).toContain(said)
})

test('without a bundle the hub is asked, and its verdict decides the exit code', async () => {
  const asked: string[] = []
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`)
    const broken = { ok: false, from: 1, to: 9, firstBad: { pos: 4, why: 'bad_chain' } }
    const body = req.url?.includes('export') ? 'line\n' : JSON.stringify(broken)
    res.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const place = server.address()
  const url = `http://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`
  try {
    expect((await cli(['ledger', 'verify', '--json'], { url })).exit).toBe(5)
    expect((await cli(['ledger', 'accept-restore', '--json'], { url })).exit).toBe(0)
    const words = ['ledger', 'export', '--format', 'ocsf', '--from', '3', '--out', 'out.jsonl']
    const { exit, cwd } = await cli(words, { url })
    expect(exit).toBe(0)
    expect(await readFile(path.join(cwd, 'out.jsonl'), 'utf8')).toBe('line\n')
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
  expect(asked).toEqual([
    'GET /v1/ledger/verify',
    'POST /v1/ledger/restores',
    'GET /v1/ledger/export?format=ocsf&from=3',
  ])
})
