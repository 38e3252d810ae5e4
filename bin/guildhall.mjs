#!/usr/bin/env node
// The installed command. An old Node may start it; Guildhall itself runs on Node 24 or newer.
import { existsSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { compiledIn, isNewEnough, NODE_MAJOR_MIN, runChild } from './child.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

// A clone runs from source. The package has none: Node strips no types below node_modules.
const entry = () => {
  const source = join(root, 'src', 'main', 'cli.ts')
  return existsSync(source) ? source : join(root, 'dist', 'main', 'cli.js')
}

const findNode = () => {
  if (isNewEnough(process.versions.node)) return process.execPath
  try {
    const name = `node-${process.platform}-${process.arch}/package.json`
    const found = join(dirname(createRequire(import.meta.url).resolve(name)), 'bin', 'node')
    return existsSync(found) ? found : undefined
  } catch {
    return undefined
  }
}

const main = async () => {
  const node = findNode()
  if (node === undefined) {
    process.stderr.write(
      `Guildhall needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node}. ` +
        `Install Node ${NODE_MAJOR_MIN} and run the command again.\n`,
    )
    process.exitCode = 70
    return
  }
  if (node === process.execPath) {
    // The common case costs no second process.
    process.argv[1] = entry()
    module.enableCompileCache(compiledIn(root))
    await import(pathToFileURL(entry()).href)
    return
  }
  const PATH = `${dirname(node)}:${process.env.PATH ?? ''}`
  const env = { NODE_COMPILE_CACHE: compiledIn(root), ...process.env, PATH }
  process.exitCode = await runChild(node, [entry(), ...process.argv.slice(2)], env)
}

await main()
