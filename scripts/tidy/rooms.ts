import { builtinModules } from 'node:module'
import type { Import, Imports } from './imports.ts'
import type { Manifest } from './packages.ts'
import { packageOf } from './packages.ts'
import type { Report, Tree } from './tree.ts'
import { isTest } from './tree.ts'

// The import table of docs/style.md, section 3. Tests, benches and scripts may look at everything
// but the browser; the product may look at none of them.

const ROOMS = ['identity', 'work', 'context', 'agents', 'tools', 'memory', 'learning', 'cluster']
const LAYERS = ['domain', 'application', 'infrastructure', 'interface']
const TOOLS = ['test', 'bench', 'scripts', 'bin']

/** Names the place of a file: a layer of a room, a flat neighbour, or null for nowhere. */
export type Zone = Readonly<{ kind: string; room: string | null }>

type Row = Readonly<{
  own: readonly string[]
  flat: readonly string[]
  foreign: readonly string[]
  packages: 'none' | 'zod' | 'zod types' | 'listed' | 'web'
  node: 'no' | 'pure' | 'yes'
}>

const row = (own: string, flat: string, rest: Omit<Row, 'own' | 'flat'>): Row => ({
  own: own.split(' ').filter(Boolean),
  flat: flat.split(' ').filter(Boolean),
  ...rest,
})

const CONTRACTS = ['contract']
const TABLE: Readonly<Record<string, Row>> = {
  domain: row('domain', 'kernel', { foreign: [], packages: 'none', node: 'no' }),
  contract: row('domain contract', 'kernel', { foreign: CONTRACTS, packages: 'zod', node: 'no' }),
  application: row('domain contract application', 'kernel', {
    foreign: CONTRACTS,
    packages: 'zod',
    node: 'pure',
  }),
  infrastructure: row('domain contract application infrastructure', 'kernel platform', {
    foreign: CONTRACTS,
    packages: 'listed',
    node: 'yes',
  }),
  interface: row('domain contract application interface', 'kernel platform', {
    foreign: CONTRACTS,
    packages: 'listed',
    node: 'yes',
  }),
  room: row('contract application infrastructure interface', 'kernel platform', {
    foreign: CONTRACTS,
    packages: 'none',
    node: 'yes',
  }),
  kernel: row('', 'kernel', { foreign: [], packages: 'zod types', node: 'pure' }),
  doors: row('', 'kernel doors', { foreign: [], packages: 'listed', node: 'yes' }),
  platform: row('', 'kernel platform', { foreign: [], packages: 'listed', node: 'yes' }),
  main: row('', 'kernel platform doors main', {
    foreign: ['room'],
    packages: 'listed',
    node: 'yes',
  }),
  web: row('', 'kernel web', { foreign: CONTRACTS, packages: 'web', node: 'no' }),
}

// What asks the machine for time, files or the network; the rest of `node:` only computes.
const MACHINE_MODULES = [
  'fs|os|net|http|https|http2|dns|tls|dgram|child_process|process|worker_threads|cluster|timers',
  'perf_hooks|readline|repl|inspector|v8|vm',
]
const MACHINE = new RegExp(`^node:(${MACHINE_MODULES.join('|')})\\b`)
const BUILTIN = new Set(builtinModules)

/** Finds the zone of a path; null when the layout has no such place. */
export const zoneOf = (path: string): Zone | null => {
  const [top = '', room = '', layer = '', file] = path.split('/')
  if (top === 'web') return { kind: path.startsWith('web/src/') ? 'web' : 'tool', room: null }
  if (top !== 'src') return { kind: TOOLS.includes(top) ? 'tool' : 'other', room: null }
  if (room === 'interface') return { kind: 'doors', room: null }
  if (['kernel', 'platform', 'main'].includes(room)) return { kind: room, room: null }
  if (!ROOMS.includes(room)) return null
  // The events of a contract may have a file of their own: both are the room's front door.
  if (/^(contract|events)(\.test)?\.ts$/.test(layer)) return { kind: 'contract', room }
  if (/^room(\.test)?\.ts$/.test(layer)) return { kind: 'room', room }
  return LAYERS.includes(layer) && file !== undefined ? { kind: layer, room } : null
}

type Facts = Readonly<{ imports: Imports; manifest: Manifest }>
type Use = Readonly<{ path: string; zone: Zone; entry: Import }>

/** Checks every import against the table, and that every file has a place in it. */
export const checkRooms = (tree: Tree, { imports, manifest }: Facts, report: Report): void => {
  for (const { path } of tree.sources) {
    const zone = zoneOf(path)
    if (zone === null) {
      report(
        'place',
        { file: path, line: 1 },
        'The house has no such place; see section 2 of docs/style.md.',
      )
      continue
    }
    for (const entry of imports.get(path) ?? []) {
      const sentence =
        entry.target === null
          ? packageBreach({ path, zone, entry }, manifest)
          : fileBreach(path, zone, zoneOf(entry.target) ?? { kind: 'nowhere', room: null })
      if (sentence !== null) report('import', { file: path, line: entry.line }, sentence)
    }
  }
}

function fileBreach(path: string, from: Zone, to: Zone): string | null {
  const rules = TABLE[from.kind]
  if (rules === undefined || isTest(path)) return null
  if (to.room === null && rules.flat.includes(to.kind)) return null
  if (to.room !== null && to.room === from.room && rules.own.includes(to.kind)) return null
  if (to.room !== null && to.room !== from.room && rules.foreign.includes(to.kind)) return null
  const may = [
    ...rules.flat,
    ...rules.own.map((kind) => `its own ${kind}`),
    ...rules.foreign.map((kind) =>
      kind === 'room' ? "every room's room.ts" : "others' contract.ts",
    ),
  ]
  return `${named(from)} may not import ${named(to)}, only ${may.join(', ')}.`
}

function packageBreach({ path, zone, entry }: Use, manifest: Manifest): string | null {
  const { spec } = entry
  if (/^(#|~|@\/|\/)/.test(spec)) return null
  if (BUILTIN.has(spec) && !spec.startsWith('node:')) {
    return `Say node:${spec}, so that nobody takes it for a package.`
  }
  const rules = isTest(path) ? undefined : TABLE[zone.kind]
  if (spec.startsWith('node:')) {
    const may = rules?.node ?? 'yes'
    if (may === 'yes' || (may === 'pure' && !MACHINE.test(spec))) return null
    return `${named(zone)} may not ask the machine (${spec}); take it as an argument.`
  }
  const name = packageOf(spec)
  const missing = missingBreach(name, rules?.packages, manifest)
  if (missing !== undefined) return missing
  const packages = rules?.packages ?? 'none'
  if (name === 'zod' && (packages === 'zod' || (packages === 'zod types' && entry.typeOnly))) {
    return null
  }
  const may = packages === 'none' ? 'no package' : `only ${packages.replace(' ', "'s ")}`
  return `${named(zone)} may import ${may}, not ${name}.`
}

// Where packages are free, they must be in the manifest; undefined where they are not free.
function missingBreach(name: string, packages: Row['packages'] | undefined, manifest: Manifest) {
  const { all, web, runtime } = manifest
  if (packages === undefined) {
    return all.has(name) || web.has(name) ? null : `The package ${name} is not in package.json.`
  }
  if (packages === 'web') {
    return web.has(name) ? null : `The package ${name} is not in web/package.json.`
  }
  if (packages !== 'listed') return undefined
  return runtime.has(name) ? null : `The package ${name} is no runtime dependency.`
}

const named = ({ kind, room }: Zone): string => {
  if (kind === 'doors') return 'A door (src/interface)'
  if (kind === 'tool') return 'a tool (test, bench, scripts)'
  return room === null ? `The ${kind}` : `The ${kind} of ${room}`
}
