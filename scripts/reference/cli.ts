import { Readable, Writable } from 'node:stream'
import { EXIT } from '../../src/interface/cli/failure.ts'
import { runCli } from '../../src/interface/cli/run.ts'
import type { AnyOperation } from '../../src/kernel/operation.ts'
import { code, fenced, type Page, pageOf, table } from './markdown.ts'

// The command line is asked for its own help: what stands here is what a person would read there.

const ABOUT = `Every operation with a route has a command, \`guildhall <noun> <verb>\`: what
stands in the path is given by position, the rest as flags. It talks to the running hub.`

const COLUMNS = 100
const DEPTH_MAX = 3

/** Writes the page of all commands. */
export const cliPage = async (operations: readonly AnyOperation[]): Promise<Page> => {
  const help = helpOf(operations)
  const top = await help([])
  const texts: string[] = []
  for (const name of commandsIn(top)) texts.push(...(await sections(help, [name])))
  const codes = Object.entries(EXIT).map(([name, exit]) => [
    exit,
    name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  ])
  return pageOf('cli.md', 'Command line', [
    ABOUT,
    '## Exit codes',
    table(['Code', 'Means'], codes),
    '## Commands',
    ...texts,
  ])
}

type Help = (words: readonly string[]) => Promise<string>

const sections = async (help: Help, words: readonly string[]): Promise<string[]> => {
  const text = await help(words)
  const verbs = commandsIn(text)
  const title = code(`guildhall ${words.join(' ')}`)
  if (verbs.length === 0 || words.length === DEPTH_MAX) {
    return [`### ${title}`, fenced('text', text)]
  }
  const inner: string[] = []
  for (const verb of verbs) inner.push(...(await sections(help, [...words, verb])))
  return inner
}

const commandsIn = (help: string): string[] => {
  const [, list = ''] = help.split(/^COMMANDS$/m)
  return [...list.matchAll(/^ {2}([a-z][a-z-]*)(?: |$)/gm)].map(([, name = '']) => name)
}

const helpOf =
  (operations: readonly AnyOperation[]): Help =>
  async (words) => {
    let said = ''
    const sink = () =>
      new Writable({
        write(chunk, _, done) {
          said += String(chunk)
          done()
        },
      })
    const exit = await runCli({
      argv: [...words, '--help'],
      env: {
        home: '~/.guildhall',
        userHome: '~',
        cwd: '.',
        url: undefined,
        key: undefined,
        noColor: true,
        tty: { stdin: false, stdout: false, stderr: false },
        columns: COLUMNS,
        nodePath: 'node',
        nodeVersion: '',
        cliPath: 'guildhall',
      },
      operations,
      serve: () => Promise.resolve(EXIT.ok),
      settings: () => '',
      stdin: Readable.from([]),
      stdout: sink(),
      stderr: sink(),
      version: '',
    })
    if (exit !== EXIT.ok) throw new Error(`guildhall ${words.join(' ')} --help: ${said}`)
    return said
  }
