import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

// Measures what a browser loads before the first page is usable, and every part that comes later,
// from the manifest of the built web page. Sizes are gzip bytes, as the hub sends them.

type Chunk = Readonly<{ file: string; isEntry: boolean; css: string[]; imports: string[] }>
type Budget = Readonly<{ name: string; bytes: number; max: number }>

const KB = 1000
const FIRST_JS_MAX = 200 * KB
const FIRST_CSS_MAX = 15 * KB
const LAZY_JS_MAX = 120 * KB
const ALL_JS_MAX = 1_200 * KB
const dist = join(import.meta.dirname, '..', 'web', 'dist')

function readManifest(): Map<string, Chunk> {
  const json: unknown = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'))
  if (typeof json !== 'object' || json === null) throw new Error('The manifest is no object.')
  return new Map(Object.entries(json).map(([name, raw]) => [name, chunkOf(raw)]))
}

function chunkOf(raw: unknown): Chunk {
  const field = (name: string): unknown => Reflect.get(Object(raw), name)
  const list = (name: string): string[] => {
    const value = field(name)
    return Array.isArray(value) ? value.map(String) : []
  }
  return {
    file: String(field('file')),
    isEntry: field('isEntry') === true,
    css: list('css'),
    imports: list('imports'),
  }
}

function withImports(chunks: Map<string, Chunk>, start: Chunk): Set<Chunk> {
  const found = new Set([start])
  for (const chunk of found) {
    for (const name of chunk.imports) {
      const imported = chunks.get(name)
      if (imported !== undefined) found.add(imported)
    }
  }
  return found
}

const packed = (files: Iterable<string>): number =>
  [...new Set(files)].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length,
    0,
  )

function budgets(): Budget[] {
  const chunks = readManifest()
  const entries = [...chunks.values()].filter(({ isEntry }) => isEntry)
  if (entries.length === 0) throw new Error('The manifest has no entry; build the web page again.')
  const first = new Set(entries.flatMap((entry) => [...withImports(chunks, entry)]))
  const css = [...first].flatMap((chunk) => chunk.css)
  const js = [...first].map(({ file }) => file)
  const lazy = [...chunks.values()].filter(({ file }) => file.endsWith('.js') && !js.includes(file))
  return [
    { name: 'first route, JavaScript', bytes: packed(js), max: FIRST_JS_MAX },
    { name: 'first route, CSS', bytes: packed(css), max: FIRST_CSS_MAX },
    {
      name: 'all JavaScript',
      bytes: packed([...js, ...lazy.map(({ file }) => file)]),
      max: ALL_JS_MAX,
    },
    ...lazy.map(({ file }) => ({ name: file, bytes: packed([file]), max: LAZY_JS_MAX })),
  ]
}

for (const { name, bytes, max } of budgets()) {
  const isMet = bytes <= max
  const size = `${(bytes / KB).toFixed(1)} of ${max / KB} kB`
  process.stdout.write(`${isMet ? 'ok    ' : 'FAILED'} ${name}: ${size}\n`)
  if (!isMet) process.exitCode = 1
}
