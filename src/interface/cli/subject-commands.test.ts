import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text as readAll } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rooms } from '../../main/rooms.ts'
import { runCli } from './run.ts'

const LINES = '{"k":"subject"}\n{"k":"end"}\n'
let asked: string[]
let url: string
let cwd: string
let server: ReturnType<typeof createServer>

beforeEach(async () => {
  asked = []
  cwd = await mkdtemp(path.join(tmpdir(), 'guildhall-subject-'))
  server = createServer((req, res) => {
    readAll(req).then((body) => {
      asked.push(`${req.method} ${req.url} ${body}`)
      const erased = { handle: 'former-00ff00', name: 'Former member', parts: 3, rows: {} }
      const answer = JSON.stringify({ ...erased, agents: ['bot'], version: 2 })
      res.writeHead(200).end(req.url?.includes('export') ? LINES : answer)
    }, res.destroy)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const place = server.address()
  url = `http://127.0.0.1:${typeof place === 'object' ? place?.port : 0}`
})

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(cwd, { recursive: true })
})

const cli = async (...argv: string[]) => {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const exit = await runCli({
    argv,
    env: {
      ...{ home: cwd, userHome: cwd, cwd, url, key: 'key', noColor: true },
      tty: { stdin: false, stdout: false, stderr: false },
      ...{ nodePath: process.execPath, nodeVersion: process.version, cliPath: 'guildhall' },
    },
    operations: rooms().flatMap(({ operations }) => operations),
    serve: async () => 0,
    ...{ stdin: new PassThrough(), stdout, stderr, version: '0.0.0' },
  })
  stdout.end()
  stderr.end()
  return { exit, out: await readAll(stdout), err: await readAll(stderr) }
}

test('what is kept of a person is printed line by line, or written to a file', async () => {
  expect(await cli('subject', 'export', 'ana')).toMatchObject({ exit: 0, out: LINES })
  expect(await cli('subject', 'export', 'ana', '--out', 'ana.jsonl')).toMatchObject({ exit: 0 })
  expect(await readFile(path.join(cwd, 'ana.jsonl'), 'utf8')).toBe(LINES)
  expect(asked).toEqual(Array.from({ length: 2 }, () => 'GET /v1/subjects/ana/export '))
})

test('an erasure wants the handle twice and a yes', async () => {
  const words = ['subject', 'erase', 'ana', '--confirm', 'ana'] as const
  expect((await cli(...words)).exit).toBe(2)
  expect(asked).toEqual([])
  const { exit, out } = await cli(...words, '--content', '--yes')
  expect(exit).toBe(0)
  expect(out).toContain('what stays is of @former-00ff00')
  expect(out).toContain('@bot')
  expect(asked[0]).toContain('POST /v1/subjects/ana/erase {"confirm":"ana","content":true}')
})
