import { posix } from 'node:path'
import type { Source } from './scan.ts'
import { lineAt } from './scan.ts'
import type { Report, Tree } from './tree.ts'

/** Describes one import or re-export; `target` is a path in the checkout, or null for a package. */
export type Import = Readonly<{
  spec: string
  line: number
  typeOnly: boolean
  target: string | null
  /** The stretch of the code it stands in. */
  start: number
  end: number
}>

/** Maps every file to its imports, dynamic ones included. */
export type Imports = ReadonlyMap<string, readonly Import[]>

const IMPORT = /^[ \t]*import\b(\s*type\b(?!\s*from))?(?:[\w\s{},*$]*?\bfrom\b)?\s*(?=['"])/gm
const REEXPORT =
  /^[ \t]*export\s+(type\s+)?(?:\*(?:\s*as\s+[\w$]+)?|\{[\w\s,$]*\})\s*from\s*(?=['"])/gm
const DYNAMIC = /(?<![.\w$])(?:(typeof)\s+)?import\s*\(\s*(?=['"`])/g

/** Reads the imports of all sources. */
export const readImports = ({ sources }: Tree): Imports =>
  new Map(sources.map((source) => [source.path, importsOf(source)]))

/** Checks how imports are written: endings, `node:`, no aliases, no barrels, no default exports. */
export const checkImportForm = ({ sources }: Tree, imports: Imports, report: Report): void => {
  for (const source of sources) {
    const own = imports.get(source.path) ?? []
    for (const { spec, line, target } of own) {
      const say = (rule: string, text: string): void =>
        report(rule, { file: source.path, line }, text)
      if (/^(#|~|@\/|\/)/.test(spec)) {
        say('alias', `Import ${spec} by its relative path; there are no path aliases.`)
      }
      if (target !== null && !/\.(ts|tsx|mjs|json|css|svg|sql|html)$/.test(target)) {
        say('ending', `Write the import ${spec} with its .ts ending.`)
      }
    }
    checkExports(source, own, report)
  }
}

/** Checks that no file can reach itself through imports, those of types included. */
export const checkCycles = (imports: Imports, report: Report): void => {
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (path: string): void => {
    done.add(path)
    trail.push(path)
    for (const { target, line } of imports.get(path) ?? []) {
      if (target === null) continue
      const from = trail.indexOf(target)
      if (from >= 0) {
        const names = [...trail.slice(from), target].join(' -> ')
        report('cycle', { file: path, line }, `This import closes a circle: ${names}.`)
      } else if (!done.has(target)) visit(target)
    }
    trail.pop()
  }
  for (const path of imports.keys()) if (!done.has(path)) visit(path)
}

function importsOf(source: Source): Import[] {
  const found: Import[] = []
  for (const pattern of [IMPORT, REEXPORT, DYNAMIC]) {
    for (const match of source.code.matchAll(pattern)) {
      const piece = source.strings.get(match.index + match[0].length)
      if (piece === undefined) continue
      const spec = piece.text.replace(/\?.*$/, '')
      const place = { start: match.index, end: piece.end, line: lineAt(source, piece.start) }
      const target = spec.startsWith('.') ? posix.join(posix.dirname(source.path), spec) : null
      found.push({ spec, typeOnly: match[1] !== undefined, target, ...place })
    }
  }
  return found
}

function checkExports({ path, code, ...rest }: Source, own: readonly Import[], report: Report) {
  const at = (offset: number): number => lineAt({ path, code, ...rest }, offset)
  const named = /^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m.exec(code)
  if (named) {
    report(
      'default-export',
      { file: path, line: at(named.index) },
      'Export by name; there are no default exports.',
    )
  }
  const star = /^export\s+(type\s+)?\*/m.exec(code)
  if (star) {
    report(
      'barrel',
      { file: path, line: at(star.index) },
      'Name what you export; a star hides where things live.',
    )
  }
  let left = code
  for (const { start, end } of own) {
    left = left.slice(0, start) + ' '.repeat(end - start) + left.slice(end)
  }
  const lists = /^export\s+(type\s+)?\{[^}]*\}/gm
  const exportsOnly = /^export\b/m.test(code) && left.replaceAll(lists, '').trim() === ''
  if (exportsOnly && own.length > 0) {
    const text = 'This file only passes on what others export; import from the place itself.'
    report('barrel', { file: path, line: 1 }, text)
  }
}
