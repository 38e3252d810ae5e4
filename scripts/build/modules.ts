import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { readImports } from '../tidy/imports.ts'
import { scan } from '../tidy/scan.ts'

// Turns `src` into JavaScript with the same folders, so that every path that a file makes out of
// its own address leads to the same place. Types become blanks: line and column of an error in the
// package are those of the source.

/** Counts what was written. */
export type Written = Readonly<{ files: number; bytes: number }>

const IS_TEST = /\.test\.ts$/

/** Lists all files below a folder, by their paths in it, in order. */
export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted()

/** Writes the JavaScript of every source below a folder that is no test. */
export const buildModules = (from: string, to: string): Written => {
  const paths = filesIn(from).filter((path) => path.endsWith('.ts') && !IS_TEST.test(path))
  const built = new Map(
    paths.map((path) => [path.replace(/\.ts$/, '.js'), moduleOf(path, join(from, path))]),
  )
  for (const [path, code] of built) checkImports(path, code, built)
  for (const [path, code] of built) put(join(to, path), code)
  const sizes = [...built.values()].map((code) => Buffer.byteLength(code))
  return { files: built.size, bytes: sizes.reduce((sum, size) => sum + size, 0) }
}

/** Writes a file and the folders above it. */
export const put = (path: string, content: string | Buffer): void => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

const moduleOf = (path: string, file: string): string => {
  const code = stripTypeScriptTypes(readFileSync(file, 'utf8'))
  const imports = importsIn(path, code).filter(({ spec }) => /^\.{1,2}\/.*\.ts$/.test(spec))
  let text = code
  for (const { end } of imports.toSorted((a, b) => b.end - a.end)) {
    const at = text.lastIndexOf('.ts', end)
    text = `${text.slice(0, at)}.js${text.slice(at + '.ts'.length)}`
  }
  return text
}

const importsIn = (path: string, code: string) => {
  const source = scan(path, code)
  return readImports({ root: '', texts: new Map(), sources: [source] }).get(path) ?? []
}

// An import that leads out of the package would be found by its users only.
const checkImports = (path: string, code: string, built: ReadonlyMap<string, string>): void => {
  for (const { spec, line } of importsIn(path, code)) {
    if (!spec.startsWith('.')) continue
    const target = relative('.', resolve(dirname(path), spec))
    if (!built.has(target)) throw new Error(`${path}:${line} imports ${spec}; it is not built.`)
  }
}
