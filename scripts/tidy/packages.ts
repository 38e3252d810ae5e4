import type { Report, Tree } from './tree.ts'

/** Describes what the manifests say: runtime packages, all of the root's, and the browser's. */
export type Manifest = Readonly<{
  runtime: ReadonlySet<string>
  all: ReadonlySet<string>
  web: ReadonlySet<string>
}>

type Pin = Readonly<{ name: string; version: string; line: number; group: string }>

const RUNTIME_MAX = 30
const PAGE = 'docs/dependencies.md'
const EXACT = /^\d+\.\d+\.\d+(-[\w.]+)?$/

/** Reads package.json and web/package.json. */
export const readManifest = ({ texts }: Tree): Manifest => {
  const root = pinsOf(texts.get('package.json') ?? '')
  const web = pinsOf(texts.get('web/package.json') ?? '')
  const names = (pins: readonly Pin[]): Set<string> => new Set(pins.map(({ name }) => name))
  return {
    runtime: names(root.filter(({ group }) => group !== 'devDependencies')),
    all: names(root),
    web: names(web),
  }
}

/** Gives the package's name of an import: without the path inside it. */
export const packageOf = (spec: string): string =>
  spec
    .split('/')
    .slice(0, spec.startsWith('@') ? 2 : 1)
    .join('/')

/** Checks exact pins, the number of runtime packages, and that the page lists what is installed. */
export const checkPackages = ({ texts }: Tree, manifest: Manifest, report: Report): void => {
  for (const file of ['package.json', 'web/package.json']) {
    for (const { name, version, line } of pinsOf(texts.get(file) ?? '')) {
      if (EXACT.test(version)) continue
      report('pin', { file, line }, `Pin ${name} to one exact version; ${version} is a range.`)
    }
  }
  if (manifest.runtime.size > RUNTIME_MAX) {
    const text = `${manifest.runtime.size} runtime packages are more than ${RUNTIME_MAX}.`
    report('packages', { file: 'package.json', line: 1 }, text)
  }
  checkPage(texts, manifest, report)
}

// Each heading opens one table; its first cell names packages in backticks.
function checkPage(texts: Tree['texts'], manifest: Manifest, report: Report): void {
  const expected: Record<string, ReadonlySet<string>> = {
    runtime: manifest.runtime,
    tools: new Set([...manifest.all].filter((name) => !manifest.runtime.has(name))),
    browser: manifest.web,
  }
  if (manifest.all.size + manifest.web.size === 0) return
  const seen: Record<string, Set<string>> = {}
  let heading = ''
  for (const [index, line] of (texts.get(PAGE) ?? '').split('\n').entries()) {
    heading = /^## (\w+)/.exec(line)?.[1]?.toLowerCase() ?? heading
    const names = expected[heading]
    const cell = /^\|([^|]*`[^|]*)\|\s*([^|]*)\|/.exec(line)
    if (names === undefined || cell === null) continue
    for (const [, name = ''] of (cell[1] ?? '').matchAll(/`([^`]+)`/g)) {
      ;(seen[heading] ??= new Set()).add(name)
      if (!names.has(name)) {
        report(
          'page',
          { file: PAGE, line: index + 1 },
          `${name} is not among the ${heading} packages any more.`,
        )
      }
    }
    if (cell[2]?.trim() === '') {
      report('page', { file: PAGE, line: index + 1 }, 'Say in this line why it is this package.')
    }
  }
  for (const [group, names] of Object.entries(expected)) {
    for (const name of names) {
      if (seen[group]?.has(name)) continue
      report(
        'page',
        { file: PAGE, line: 1 },
        `${name} has no line under "${group}": say why it is this one.`,
      )
    }
  }
}

function pinsOf(text: string): Pin[] {
  const pins: Pin[] = []
  let group = ''
  for (const [index, line] of text.split('\n').entries()) {
    group = /^ {2}"(\w+)": \{/.exec(line)?.[1] ?? (/^ {2}\}/.test(line) ? '' : group)
    if (!/^(dev|optional|peer)?dependencies$/i.test(group)) continue
    for (const [, name = '', version = ''] of line.matchAll(/"([^"]+)": "([^"]+)"/g)) {
      pins.push({ name, version, line: index + 1, group })
    }
  }
  return pins
}
