import { spawn } from 'node:child_process'
import { access, readFile, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'

/** Variables of a process, or a part of them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** How npm ended: what it calls the failure, and whether it had to be stopped. */
export type NpmEnd = Readonly<{ ok: boolean; errorCode: string | null; wasStopped: boolean }>

/** Bytes of what npm complains about that are kept: its error code is among the last lines. */
const STDERR_BYTES_MAX = 65_536

/** Time between asking npm to end and ending it. */
const KILL_MS = 3_000

const SCRIPT_BYTES = 100

/**
 * Finds npm as a script that our own Node can run: beside that Node, else on the path. It is not
 * started by its name, since that would start whichever Node comes first on the path.
 */
export const findNpm = async (node: string, environment: Environment): Promise<string | null> => {
  const home = dirname(await realpath(node))
  const beside = ['../lib/node_modules/npm/bin/npm-cli.js', 'node_modules/npm/bin/npm-cli.js']
  for (const path of beside.map((one) => join(home, one))) if (await isThere(path)) return path
  for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue
    const found = await scriptOf(join(folder, 'npm'))
    if (found !== null) return found
  }
  return null
}

const scriptOf = async (command: string): Promise<string | null> => {
  if (!(await isThere(command))) return null
  const real = await realpath(command)
  const start = (await readFile(real, 'utf8')).slice(0, SCRIPT_BYTES)
  if (/^#!.*\bnode\b/.test(start)) return real
  const beside = join(dirname(real), '../lib/node_modules/npm/bin/npm-cli.js')
  return (await isThere(beside)) ? beside : null
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

// What npm needs to find its settings, the registry and the way there. Nothing of ours, and nothing
// that changes which code runs.
const PASSED = new Set([
  'PATH', 'HOME', 'USERPROFILE', 'APPDATA', 'SYSTEMROOT', 'TMPDIR', 'TEMP', 'LANG', 'LC_ALL',
  'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NPM_TOKEN',
  'NODE_AUTH_TOKEN', 'NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'SSL_CERT_FILE', 'SSL_CERT_DIR',
]) // biome-ignore format: a list of names
const SETTINGS_PASSED = new RegExp(
  '^npm_config_(registry|cache|userconfig|globalconfig|proxy|https_proxy|noproxy|cafile|ca|' +
    String.raw`strict_ssl|@[^:]+:registry|\/\/.+)$`,
  'i',
)

/** Gives the part of our environment that npm may see. */
export const npmEnvironment = (environment: Environment): Environment =>
  Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => PASSED.has(name.toUpperCase()) || SETTINGS_PASSED.test(name),
    ),
  )

/** Runs npm to its end, or until the signal; then its whole process group ends. */
export const runNpm = (
  command: Readonly<{ node: string; npm: string; args: readonly string[] }>,
  place: Readonly<{ cwd: string; environment: Environment; signal: AbortSignal }>,
): Promise<NpmEnd> =>
  new Promise((resolve, reject) => {
    const { signal } = place
    if (signal.aborted) return resolve({ ok: false, errorCode: null, wasStopped: true })
    const child = spawn(command.node, [command.npm, ...command.args], {
      cwd: place.cwd,
      env: { ...npmEnvironment(place.environment) },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    let said = ''
    let killing: NodeJS.Timeout | undefined
    const kill = (name: 'SIGTERM' | 'SIGKILL') => {
      if (child.pid !== undefined) killGroup(child.pid, name)
    }
    const stop = () => {
      kill('SIGTERM')
      killing = setTimeout(kill, KILL_MS, 'SIGKILL')
    }
    const settle = () => {
      clearTimeout(killing)
      signal.removeEventListener('abort', stop)
    }
    signal.addEventListener('abort', stop, { once: true })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-STDERR_BYTES_MAX)
    })
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (code) => {
      settle()
      const errorCode = /^npm (?:error|ERR!) code (E[A-Z0-9_]+)$/m.exec(said)?.[1] ?? null
      resolve({ ok: code === 0, errorCode, wasStopped: signal.aborted })
    })
  })

const killGroup = (pid: number, name: 'SIGTERM' | 'SIGKILL'): void => {
  try {
    process.kill(-pid, name)
  } catch {
    // The group has ended in the meantime, which is what we wanted.
  }
}
