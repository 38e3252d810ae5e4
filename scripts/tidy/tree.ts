import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Source } from './scan.ts'
import { scan } from './scan.ts'

/** Describes what tidy says about one place. */
export type Breach = Readonly<{ file: string; line: number; rule: string; sentence: string }>

/** Describes an exception: which rule does not hold where (`*` and `**` work), and why. */
export type Allowed = Readonly<{ rule: string; files: string; why: string }>

/** Describes all files of one checkout; paths are relative, with forward slashes. */
export type Tree = Readonly<{
  root: string
  /** TypeScript and JavaScript of the program, its tests and its tools. */
  sources: readonly Source[]
  /** Every text file with its text, migrations and documents included. */
  texts: ReadonlyMap<string, string>
}>

/** Names a place; `line` counts from 1. */
export type Place = Readonly<{ file: string; line: number }>

/** Reports one breach. */
export type Report = (rule: string, place: Place, sentence: string) => void

const CODE = /^(src|test|bench|scripts|bin)\/.*\.(ts|tsx|mjs)$|^web\/.*\.(ts|tsx|mjs)$/
const TEXT_ENDING =
  /\.(tsx?|mjs|js|jsonc?|jsonl|md|sql|sh|css|html|ya?ml|toml|txt)$|(^|\/)(run|Dockerfile|\.[a-z]+)$/
const NEVER = new Set(['node_modules', '.git', 'dist', '.runtime', 'coverage', 'fixtures'])
const TEXT_BYTES_MAX = 2_000_000

/** Reads the checkout at `root`, without what is installed, built or ignored. */
export const readTree = (root: string): Tree => {
  const texts = new Map<string, string>()
  for (const path of listFiles(root, '', ignoredFolders(root))) {
    if (!TEXT_ENDING.test(path) || path.endsWith('package-lock.json')) continue
    const text = readFileSync(join(root, path), 'utf8')
    if (text.length <= TEXT_BYTES_MAX) texts.set(path, text)
  }
  const sources = [...texts].filter(([path]) => CODE.test(path))
  return { root, texts, sources: sources.map(([path, text]) => scan(path, text)) }
}

/** Tells whether a file is a test: tests may do what the product may not. */
export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) || path.startsWith('test/')

/** Tells whether a file says that a program writes it; such files have no size. */
export const isGenerated = (text: string): boolean =>
  /^(\/\/|--|\/\*\*?|#) ?generated\b/im.test(text.slice(0, 400))

/** Tells whether a path fits a pattern in which `*` stays in a folder and `**` does not. */
export const fits = (path: string, pattern: string): boolean => {
  const text = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
  const parts = text.split('**').map((part) => part.replaceAll('*', '[^/]*'))
  return new RegExp(`^${parts.join('.*')}$`).test(path)
}

function* listFiles(root: string, folder: string, ignored: ReadonlySet<string>): Generator<string> {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isFile()) yield path
    if (entry.isDirectory() && !ignored.has(entry.name)) yield* listFiles(root, path, ignored)
  }
}

function ignoredFolders(root: string): Set<string> {
  const file = join(root, '.gitignore')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const folders = lines.filter((line) => /^[\w.-]+\/$/.test(line))
  return new Set([...NEVER, ...folders.map((line) => line.slice(0, -1))])
}
