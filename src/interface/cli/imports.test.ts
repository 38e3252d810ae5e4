import { createServer } from 'node:http'
import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { operation } from '../../kernel/operation.ts'
import { runCli } from './run.ts'

const importOwn = operation<object>()({
  name: 'work.import_guildhall',
  about: 'Import a Guildhall export.',
  input: z.strictObject({ text: z.string() }),
  output: z.object({ projects: z.array(z.string()) }),
  access: 'data:import',
  effect: 'write',
  http: 'POST /import/guildhall',
  mcp: null,
  say: ({ projects }) => `imported ${projects.join(' ')}`,
  run: async () => ({ projects: [] }),
})

test('an import of our own format is told in the words of its operation', async () => {
  const server = createServer((req, res) => {
    req.resume().on('end', () => {
      res.setHeader('content-type', 'application/json').end('{"projects":["GH","BD"]}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const out: string[] = []
  const stdout = new Writable({
    write(chunk, _, done) {
      out.push(String(chunk))
      done()
    },
  })
  const exit = await runCli({
    argv: ['import', 'guildhall', '-'],
    env: {
      home: '/nowhere',
      userHome: '/nowhere',
      cwd: '/',
      url: `http://127.0.0.1:${port}`,
      key: 'guild_p_key',
      noColor: true,
      tty: { stdin: false, stdout: false, stderr: false },
      nodePath: '/bin/node',
      nodeVersion: 'v24.21.0',
      cliPath: '/opt/cli.js',
    },
    operations: [importOwn],
    serve: async () => 0,
    stdin: Readable.from([Buffer.from('{"k":"guildhall","v":1}\n')]),
    stdout,
    stderr: stdout,
    version: '1.0.0',
  })
  await new Promise((resolve) => server.close(resolve))
  expect({ exit, said: out.join('') }).toEqual({ exit: 0, said: 'imported GH BD\n' })
})
