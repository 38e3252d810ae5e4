import { pathToFileURL } from 'node:url'
import type { Imports } from './tidy/imports.ts'
import { readImports } from './tidy/imports.ts'
import { zoneOf } from './tidy/rooms.ts'
import type { Source } from './tidy/scan.ts'
import { lineAt } from './tidy/scan.ts'
import type { SpokenOperation } from './tidy/spoken.ts'
import { eventsOf, operationsOf, refusalsOf } from './tidy/spoken.ts'
import type { Tree } from './tidy/tree.ts'
import { isTest, readTree } from './tidy/tree.ts'

// Answers "where does this live?" for a tool, route, command, operation, event or refusal code.

/** Names one place behind a name, and what it is. */
export type Finding = Readonly<{ file: string; line: number; kind: string; what: string }>

type House = Readonly<{ tree: Tree; imports: Imports; sources: ReadonlyMap<string, Source> }>
type Declared = Readonly<{ source: Source; operation: SpokenOperation }>

const ROUTE = /^(?:(GET|POST|PUT|PATCH|DELETE) )?(?:\/v1)?(\/\S*)$/i

/** Finds the files behind a name in the checkout at `root`. */
export const where = (root: string, asked: string): Finding[] => {
  const tree = readTree(root)
  const sources = new Map(tree.sources.map((source) => [source.path, source]))
  const house = { tree, sources, imports: readImports(tree) }
  const name = asked.trim().replace(/^guildhall\s+/, '')
  const found = [
    ...declared(house).flatMap((entry) => (answers(entry, name) ? behind(house, entry) : [])),
    ...aboutEvents(house, name),
    ...aboutRefusals(house, name),
  ]
  const unique = new Map(found.map((one) => [`${one.file}:${one.line} ${one.kind}`, one]))
  return [...unique.values()]
}

/** Lists the names that contain a word of what was asked, for those who nearly know the name. */
export const nearNames = (root: string, asked: string): string[] => {
  const tree = readTree(root)
  const product = tree.sources.filter(({ path }) => path.startsWith('src/') && !isTest(path))
  const names = product.flatMap((source) => [
    ...operationsOf(source).flatMap(({ fields }) => [...fields.values()].map(({ text }) => text)),
    ...eventsOf(source).map(({ piece }) => piece.text),
    ...refusalsOf(source).map(({ text }) => text),
  ])
  const words = asked.toLowerCase().match(/[a-z]{3,}/g) ?? []
  const near = names.filter(
    (name) => /[._ /]/.test(name) && words.some((word) => name.includes(word)),
  )
  return [...new Set(near)].toSorted().slice(0, 10)
}

const declared = ({ tree }: House): Declared[] =>
  tree.sources
    .filter(({ path }) => path.startsWith('src/') && !isTest(path))
    .flatMap((source) => operationsOf(source).map((operation) => ({ source, operation })))

function answers({ operation }: Declared, asked: string): boolean {
  const said = (field: string): string => operation.fields.get(field)?.text ?? ''
  const name = said('name')
  const short = name.slice(name.indexOf('.') + 1)
  const [verb = '', ...noun] = short.split('_')
  if ([name, short, `${noun.join('-')} ${verb}`, `${noun.join('_')} ${verb}`].includes(asked)) {
    return true
  }
  if (said('mcp') === asked || said('mcp').split(' ')[0] === asked) return true
  const route = ROUTE.exec(asked)
  return route !== null && isRoute(said('http'), route[1] ?? '', route[2] ?? '')
}

// A placeholder of the route fits whatever stands at its place in what was asked.
function isRoute(http: string, method: string, path: string): boolean {
  const [ownMethod = '', ownPath = ''] = http.split(' ')
  if (method !== '' && method.toUpperCase() !== ownMethod) return false
  const own = ownPath.split('/')
  const steps = path.split('/')
  return (
    own.length === steps.length &&
    own.every((step, index) => step === steps[index] || step.startsWith(':'))
  )
}

// An operation, what it imports, the stores behind its needs, their migrations, and its tests.
function behind(house: House, { source, operation }: Declared): Finding[] {
  const found: Finding[] = []
  const facts = ['name', 'http', 'mcp', 'access'].map((field) => operation.fields.get(field)?.text)
  const line = lineAt(source, operation.start)
  const what = facts.filter((fact) => fact !== undefined).join(' | ')
  found.push({ file: source.path, line, kind: 'operation', what })
  for (const { target } of house.imports.get(source.path) ?? []) {
    if (target !== null && zoneOf(target)?.kind === 'domain') {
      found.push({ file: target, line: 1, kind: 'domain', what: 'decides' })
    }
  }
  const code = source.code.slice(operation.start, operation.end)
  for (const contract of house.tree.sources.filter(({ path }) => path.endsWith('/contract.ts'))) {
    for (const { piece, constant } of eventsOf(contract)) {
      if (constant === '' || !new RegExp(`\\b${constant}\\(`).test(code)) continue
      const at = lineAt(contract, piece.start)
      found.push({ file: contract.path, line: at, kind: 'event', what: piece.text })
    }
  }
  const room = zoneOf(source.path)?.room ?? ''
  for (const store of storesOf(house, room, code)) {
    found.push({ file: store.path, line: 1, kind: 'store', what: 'reads and writes' })
    found.push(...migrationsOf(house, room, store))
  }
  return [...found, ...testsOf(house, source.path, operation.fields.get('name')?.text ?? '')]
}

// room.ts says which maker fills a need: `tasks: taskStore(ground)`.
function storesOf({ sources, imports }: House, room: string, code: string): Source[] {
  const wiring = sources.get(`src/${room}/room.ts`)
  if (wiring === undefined) return []
  const makers = wiring.code.matchAll(/\b(\w+):\s*(\w+)\(/g)
  const used = [...makers].filter(([, need]) => new RegExp(`\\b${need}\\b`).test(code))
  return (imports.get(wiring.path) ?? []).flatMap(({ start, end, target }) => {
    const names = wiring.code.slice(start, end)
    const store = sources.get(target ?? '')
    const fills = used.some(([, , maker]) => new RegExp(`\\b${maker}\\b`).test(names))
    return store !== undefined && fills ? [store] : []
  })
}

function migrationsOf({ tree }: House, room: string, store: Source): Finding[] {
  const tables = new Set(store.text.match(new RegExp(`\\b${room}\\.[a-z_]+`, 'g')))
  const found: Finding[] = []
  for (const [file, text] of tree.texts) {
    if (!file.startsWith('src/') || !file.endsWith('.sql')) continue
    for (const [index, line] of text.split('\n').entries()) {
      const table = /^\s*create table\s+(?:if not exists\s+)?([\w.]+)/i.exec(line)?.[1]
      if (table === undefined || !(tables.has(table) || tables.has(`${room}.${table}`))) continue
      found.push({ file, line: index + 1, kind: 'migration', what: table })
    }
  }
  return found
}

function testsOf({ tree }: House, path: string, name: string): Finding[] {
  const beside = path.replace(/\.ts$/, '.test.ts')
  return tree.sources
    .filter((source) => isTest(source.path))
    .flatMap((source) => {
      const piece = [...source.strings.values()].find(({ text }) => text === name)
      if (piece === undefined && source.path !== beside) return []
      const line = piece === undefined ? 1 : lineAt(source, piece.start)
      return [{ file: source.path, line, kind: 'test', what: name }]
    })
}

// The declaration, who emits it, who reacts to it, and its tests.
function aboutEvents({ tree, ...house }: House, name: string): Finding[] {
  const found: Finding[] = []
  for (const contract of tree.sources.filter(({ path }) => !isTest(path))) {
    for (const { piece, constant } of eventsOf(contract)) {
      if (piece.text !== name && constant !== name) continue
      const line = lineAt(contract, piece.start)
      found.push({ file: contract.path, line, kind: 'event', what: piece.text })
      for (const source of tree.sources.filter(({ path }) => path.startsWith('src/'))) {
        if (constant === '' || isTest(source.path) || source === contract) continue
        found.push(...usesOf(source, constant))
      }
      found.push(...testsOf({ tree, ...house }, contract.path, piece.text))
    }
  }
  return found
}

function usesOf(source: Source, constant: string): Finding[] {
  const called = new RegExp(`\\b${constant}\\(`).exec(source.code)
  if (called) {
    const line = lineAt(source, called.index)
    return [{ file: source.path, line, kind: 'emits', what: constant }]
  }
  const named = source.path.endsWith('/room.ts') || source.path.includes('-when-')
  const use = named ? new RegExp(`\\b${constant}\\b(?!.*\\bfrom\\b)`).exec(source.code) : null
  if (use === null) return []
  const kind = source.path.includes('-when-') ? 'reaction' : 'wiring'
  return [{ file: source.path, line: lineAt(source, use.index), kind, what: constant }]
}

function aboutRefusals(house: House, name: string): Finding[] {
  const found = house.tree.sources
    .filter(({ path }) => path.startsWith('src/') && !isTest(path))
    .flatMap((source) =>
      refusalsOf(source)
        .filter(({ text }) => text === name)
        .map(({ start, text }) => {
          const line = lineAt(source, start)
          return { file: source.path, line, kind: 'refusal', what: text }
        }),
    )
  return found.length === 0 ? [] : [...found, ...testsOf(house, '', name)]
}

function main(): void {
  const asked = process.argv.slice(2).join(' ')
  const found = asked === '' ? [] : where(process.cwd(), asked)
  for (const { file, line, kind, what } of found) {
    process.stdout.write(`${kind.padEnd(10)} ${file}:${line}  ${what}\n`)
  }
  if (found.length > 0) return
  const near = nearNames(process.cwd(), asked).join(', ')
  const hint = near === '' ? 'Ask for a tool, route, command, event or code.' : `Near: ${near}.`
  process.stdout.write(`Nothing is called "${asked}". ${hint}\n`)
  process.exitCode = 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
