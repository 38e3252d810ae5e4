import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ledgerCommands } from '../interface/cli/ledger-commands.ts'
import { runCli } from '../interface/cli/run.ts'
import { Refusal } from '../kernel/refusal.ts'
import { type Config, readConfig, settingsText } from '../platform/config.ts'
import { rooms } from './rooms.ts'

const versionOf = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const found: unknown = JSON.parse(text)
  return typeof found === 'object' && found !== null && 'version' in found
    ? String(found.version)
    : '?'
}

const main = async (): Promise<number> => {
  const config = configOrRefusal()
  if (config instanceof Refusal) {
    process.stderr.write(`error: ${config.message}\n`)
    return 2
  }
  const version = versionOf()
  return runCli({
    argv: process.argv.slice(2),
    env: {
      home: config.home,
      userHome: homedir(),
      cwd: process.cwd(),
      url: config.url ?? undefined,
      key: config.key ?? undefined,
      noColor: config.noColor,
      tty: {
        stdin: process.stdin.isTTY,
        stdout: process.stdout.isTTY,
        stderr: process.stderr.isTTY,
      },
      columns: process.stdout.columns,
      nodePath: process.execPath,
      nodeVersion: process.version,
      cliPath: fileURLToPath(import.meta.url),
    },
    operations: rooms().flatMap((room) => room.operations),
    // The hub's half of the program is loaded only when a hub is to run.
    serve: async (words) => (await import('./serve.ts')).serve(words, version),
    extra: ledgerCommands(async (lines, options) => {
      const { verifyBundle } = await import('../platform/evidence/verify-bundle.ts')
      return verifyBundle(lines, options)
    }),
    settings: (json) => settingsText(config, json),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    version,
    signals: process,
  })
}

const configOrRefusal = (): Config | Refusal => {
  try {
    return readConfig()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

process.exitCode = await main()
