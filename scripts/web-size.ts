import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

// Measures what a browser loads before the first page is usable, and every part that comes later,
// from the manifest of the built web page. Sizes are gzip bytes, as the hub sends them.

type Chunk = Readonly<{
  file: string
  name: string
  css: readonly string[]
  imports: readonly string[]
  dynamicImports: readonly string[]
}>
type Chunks = ReadonlyMap<string, Chunk>
type Budget = Readonly<{ name: string; bytes: number; max: number }>

const KB = 1000
const FIRST_JS_MAX = 200 * KB
const FIRST_CSS_MAX = 15 * KB
const LAZY_JS_MAX = 120 * KB
const ALL_JS_MAX = 1_200 * KB
const dist = join(import.meta.dirname, '..', 'web', 'dist')

function readManifest(): Chunks {
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
    name: String(field('name')),
    css: list('css'),
    imports: list('imports'),
    dynamicImports: list('dynamicImports'),
  }
}

function withImports(chunks: Chunks, start: readonly Chunk[]): Set<Chunk> {
  const found = new Set(start)
  for (const chunk of found) for (const one of named(chunks, chunk.imports)) found.add(one)
  return found
}

const named = (chunks: Chunks, names: readonly string[]): readonly Chunk[] =>
  names.flatMap((name) => chunks.get(name) ?? [])

/** Finds what a board needs: the files that the page itself names, and those asked for early. */
function firstRoute(chunks: Chunks): Set<Chunk> {
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  const start = [...chunks.values()].filter(
    ({ file }) => file.endsWith('.js') && html.includes(file),
  )
  const early = start.find(({ name }) => name === 'early')
  if (early === undefined) throw new Error('The page has no early file; build it again.')
  return withImports(chunks, [...start, ...named(chunks, early.dynamicImports)])
}

const packed = (files: Iterable<string>): number =>
  [...new Set(files)].reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length,
    0,
  )

function budgets(): Budget[] {
  const chunks = readManifest()
  const first = firstRoute(chunks)
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
