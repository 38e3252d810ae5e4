import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { program } from './machine.ts'
import { startSshHost } from './ssh-host.ts'

/** What real servers work on in tests: files, a repository, a database, a page, a host. */
export type Place = Readonly<{
  folder: string
  files: string
  notes: string
  repository: string
  repositories: string
  workspace: string
  data: string
  database: string
  pageUrl: string
  sshConfig: string
  browser: string
  stop(): Promise<void>
}>

const PAGE = '<!doctype html><title>Guild page</title><h1>Town hall</h1><p>Open to all.</p>'

/** Makes the place, installs the programs that servers need, and starts page and host. */
export const makePlace = async (): Promise<Place> => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'guildhall-real-')))
  const make = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 })
    return join(folder, name)
  }
  const files = make('files')
  writeFileSync(join(files, 'motto.txt'), 'Many hands, one hall.\n')
  const data = make('data')
  const database = join(data, 'hall.db')
  makeDatabase(database)
  program('rg', 'ripgrep')
  const repositories = make('repositories')
  const page = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(PAGE)
  })
  await once(page.listen(0, '127.0.0.1'), 'listening')
  const address = page.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const host = await startSshHost(make('ssh'))
  return {
    folder,
    files,
    notes: make('notes'),
    repositories,
    repository: makeRepository(join(repositories, 'hall')),
    workspace: makeWorkspace(make('workspace')),
    data,
    database,
    pageUrl: `http://127.0.0.1:${port}/`,
    sshConfig: host.config,
    browser: process.env['CHROMIUM_PATH'] || program('chromium', 'chromium'),
    async stop() {
      await host.stop()
      page.closeAllConnections()
      await new Promise((resolve) => page.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const makeDatabase = (path: string): void => {
  const database = new DatabaseSync(path)
  database.exec("create table stone (id integer, name text); insert into stone values (1, 'oak')")
  database.close()
}

const makeRepository = (folder: string): string => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'plan.md'), '# Plan\n')
  const git = (...args: string[]) =>
    execFileSync(program('git', 'git'), ['-C', folder, ...args], { stdio: 'ignore' })
  git('init', '--initial-branch=main')
  git('add', '.')
  const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.test']
  git(...author, '-c', 'commit.gpgsign=false', 'commit', '-m', 'Lay the first stone')
  return folder
}

const makeWorkspace = (folder: string): string => {
  writeFileSync(join(folder, 'nx.json'), '{}\n')
  writeFileSync(join(folder, 'package.json'), '{ "name": "workspace", "private": true }\n')
  return folder
}
