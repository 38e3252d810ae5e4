import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildModules, filesIn, put, type Written } from './build/modules.ts'

// Makes dist/, which the package carries instead of the sources: JavaScript, migrations and the
// page. `npm run build` comes by way of the bootstrap, which has built a page that is up to date.

const root = join(import.meta.dirname, '..')

const copy = (from: string, to: string, isWanted: (path: string) => boolean): Written => {
  const paths = filesIn(from).filter(isWanted)
  let bytes = 0
  for (const path of paths) {
    const content = readFileSync(join(from, path))
    put(join(to, path), content)
    bytes += content.length
  }
  return { files: paths.length, bytes }
}

const copyPage = (to: string): Written => {
  if (!existsSync(join(root, 'web', 'index.html'))) return { files: 0, bytes: 0 }
  const page = join(root, 'web', 'dist')
  if (!existsSync(join(page, 'index.html'))) {
    throw new Error('The page is not built yet. Run: npm run build')
  }
  // What tools leave for themselves begins with a dot.
  return copy(page, to, (path) => !path.startsWith('.'))
}

function main(): void {
  const started = performance.now()
  const runtime = join(root, '.runtime')
  const fresh = join(runtime, `dist-${process.pid}`)
  const old = join(runtime, `dist-old-${process.pid}`)
  const dist = join(root, 'dist')
  mkdirSync(fresh, { recursive: true })
  try {
    const code = buildModules(join(root, 'src'), fresh)
    const sql = copy(join(root, 'src'), fresh, (path) => path.endsWith('.sql'))
    const page = copyPage(join(fresh, 'web'))
    // Whoever packs at the same time finds a whole folder, of one run or of the other.
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
    const megabytes = ((code.bytes + sql.bytes + page.bytes) / 1e6).toFixed(1)
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    const files = `${code.files} modules, ${sql.files} migrations, ${page.files} files of the page`
    process.stdout.write(`dist: ${files}; ${megabytes} MB in ${seconds} s.\n`)
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
  }
}

// Node says each time that taking types out may still change; our Node is pinned.
const [print] = process.listeners('warning')
process.removeAllListeners('warning')
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') print?.(warning)
})

main()
