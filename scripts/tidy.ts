import { pathToFileURL } from 'node:url'
import { checkComments, checkMachinePaths } from './tidy/comments.ts'
import { checkCycles, checkImportForm, readImports } from './tidy/imports.ts'
import { checkLanguage } from './tidy/language.ts'
import { checkFileNames, checkSpokenNames } from './tidy/names.ts'
import { checkPackages, readManifest } from './tidy/packages.ts'
import { checkRooms } from './tidy/rooms.ts'
import { checkSizes } from './tidy/size.ts'
import { checkSql } from './tidy/sql.ts'
import type { Allowed, Breach, Report, Tree } from './tidy/tree.ts'
import { fits, readTree } from './tidy/tree.ts'

// Checks docs/style.md: who may import whom, how long things are, how they are called and written.

/** The exceptions. An entry for one file that needs it no longer is a breach itself. */
const ALLOW: readonly Allowed[] = [
  {
    rule: 'cast',
    files: 'src/kernel/operation.ts',
    why: 'The marked place where a list of operations loses their types.',
  },
  {
    rule: 'cast',
    files: 'src/kernel/event.ts',
    why: 'An event declared without private parts has none; the compiler cannot see it.',
  },
  {
    rule: 'cast',
    files: 'src/platform/sql.ts',
    why: 'The marked place where rows get the type that their statement declares.',
  },
  {
    rule: 'cast',
    files: 'test/bench.ts',
    why: 'The one place where tests say what they expect of an output.',
  },
  {
    rule: 'any',
    files: 'test/bench.ts',
    why: 'An output that a test does not describe; its assertions do.',
  },
  {
    rule: 'default-export',
    files: '**/*.config.ts',
    why: 'Tools read their configuration from the default export.',
  },
  {
    rule: 'environment',
    files: 'src/platform/config.ts',
    why: 'The only reader of the environment in the product.',
  },
  {
    rule: 'environment',
    files: 'scripts/**',
    why: 'The bootstrap and the scripts pass their environment on to what they start.',
  },
  { rule: 'environment', files: 'bin/**', why: 'Starts the product like the bootstrap does.' },
  { rule: 'environment', files: 'test/**', why: 'Tests start processes and name their server.' },
  { rule: 'environment', files: '**/*.test.ts', why: 'Tests start processes.' },
  { rule: 'environment', files: 'bench/**', why: 'Benches start processes.' },
  {
    rule: 'file-name',
    files: 'src/identity/application/create-service*.ts',
    why: 'A service is a kind of principal, as the rest of the world calls it.',
  },
  { rule: 'console', files: 'src/main/**', why: 'Start and stop are told to whoever started it.' },
  { rule: 'console', files: 'src/interface/cli/**', why: 'The command line prints its answers.' },
]

/** Finds all breaches of the house style in the checkout at `root`, in order of files and lines. */
export const tidy = (root: string, allow: readonly Allowed[] = ALLOW): Breach[] =>
  tidyTree(readTree(root), allow)

function tidyTree(tree: Tree, allow: readonly Allowed[]): Breach[] {
  const breaches: Breach[] = []
  const used = new Set<Allowed>()
  const report: Report = (rule, { file, line }, sentence) => {
    const exception = allow.find((entry) => entry.rule === rule && fits(file, entry.files))
    if (exception === undefined) breaches.push({ file, line, rule, sentence })
    else used.add(exception)
  }
  const manifest = readManifest(tree)
  const imports = readImports(tree)
  checkImportForm(tree, imports, report)
  checkCycles(imports, report)
  checkRooms(tree, { imports, manifest }, report)
  checkSizes(tree, report)
  checkLanguage(tree, imports, report)
  checkFileNames(tree, report)
  checkSpokenNames(tree, report)
  checkSql(tree, report)
  checkComments(tree, report)
  checkMachinePaths(tree, report)
  checkPackages(tree, manifest, report)
  if (!tree.sources.some(({ path }) => path.startsWith('src/'))) {
    report(
      'no-files',
      { file: 'src', line: 1 },
      'Tidy sees no source files, so it cannot say that all is well.',
    )
  }
  for (const entry of allow) {
    if (entry.files.includes('*') || used.has(entry)) continue
    const sentence = `The exception for ${entry.rule} in ALLOW is not needed; take it out.`
    report('allow', { file: entry.files, line: 1 }, sentence)
  }
  return breaches.toSorted((a, b) => compare(a.file, b.file) || a.line - b.line)
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b)

function main(): void {
  const started = performance.now()
  const tree = readTree(process.cwd())
  const breaches = tidyTree(tree, ALLOW)
  for (const { file, line, sentence } of breaches) {
    process.stdout.write(`${file}:${line} ${sentence}\n`)
  }
  const found = breaches.length === 0 ? 'tidy' : `${breaches.length} breaches`
  const ms = Math.round(performance.now() - started)
  process.stdout.write(`${tree.sources.length} sources in ${ms} ms: ${found}.\n`)
  process.exitCode = breaches.length === 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
