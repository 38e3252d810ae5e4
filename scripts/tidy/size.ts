import { bodiesOf } from './functions.ts'
import type { Source } from './scan.ts'
import type { Report, Tree } from './tree.ts'
import { isGenerated, isTest } from './tree.ts'

// The budgets of docs/style.md, section 6.
const SOURCE_LINES_MAX = 300
const TEST_LINES_MAX = 500
const LINE_COLUMNS_MAX = 100
const FUNCTION_LINES_MAX = 70
const COMPONENT_LINES_MAX = 150
const FOLDER_FILES_MAX = 30
// A layer of a room has a file for each noun or verb: its file names are its index.
const LAYER_FILES_MAX = 120
const STEPS_MAX = 3
const MIGRATION_STEPS_MAX = 4
const KERNEL_LINES_MAX = 1000

/** Checks the lengths of files, lines, functions and folders. */
export const checkSizes = (tree: Tree, report: Report): void => {
  for (const source of tree.sources) {
    if (isGenerated(source.text)) continue
    checkFile(source, report)
    checkFunctions(source, report)
  }
  for (const [path, text] of tree.texts) {
    const isCode = /^(src|test|bench|scripts|bin|web)\/.*\.(tsx?|mjs|sql|css)$/.test(path)
    if (isCode && !isGenerated(text)) checkLines(path, text, report)
    checkDepth(path, report)
  }
  checkFolders(tree, report)
  checkKernel(tree, report)
}

const linesOf = (text: string): number => text.trimEnd().split('\n').length

function checkFile({ path, text }: Source, report: Report): void {
  const max = /\.test\.tsx?$/.test(path) ? TEST_LINES_MAX : SOURCE_LINES_MAX
  const lines = linesOf(text)
  if (lines > max)
    report('file-length', { file: path, line: max + 1 }, `${lines} lines are more than ${max}.`)
}

function checkLines(path: string, text: string, report: Report): void {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.length <= LINE_COLUMNS_MAX || [...line].length <= LINE_COLUMNS_MAX) continue
    const columns = [...line].length
    report(
      'line-length',
      { file: path, line: index + 1 },
      `${columns} columns are more than ${LINE_COLUMNS_MAX}.`,
    )
  }
}

function checkFunctions(source: Source, report: Report): void {
  const max = source.path.endsWith('x') ? COMPONENT_LINES_MAX : FUNCTION_LINES_MAX
  if (source.text.length < max) return
  for (const { line, lines, name } of bodiesOf(source)) {
    if (lines <= max) continue
    const text = `${name} has ${lines} lines, more than ${max}; it is two things.`
    report('function-length', { file: source.path, line }, text)
  }
}

function checkDepth(path: string, report: Report): void {
  if (!path.startsWith('src/')) return
  const steps = path.split('/').length - 1
  const max = path.endsWith('.sql') ? MIGRATION_STEPS_MAX : STEPS_MAX
  if (steps <= max) return
  report('depth', { file: path, line: 1 }, `${steps} steps below src are more than ${max}.`)
}

function checkFolders({ texts }: Tree, report: Report): void {
  const counts = new Map<string, number>()
  for (const path of texts.keys()) {
    if (!/^(src|test|bench|scripts|bin|web)\//.test(path)) continue
    if (/\.test\.tsx?$|\.md$|\/(migrations|__snapshots__|recorded)\//.test(path)) continue
    const folder = path.slice(0, path.lastIndexOf('/'))
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  for (const [folder, files] of counts) {
    const max = isLayer(folder) ? LAYER_FILES_MAX : FOLDER_FILES_MAX
    if (files <= max) continue
    const text = `${files} files are more than ${max}; this folder is two subjects.`
    report('folder', { file: folder, line: 1 }, text)
  }
}

const isLayer = (folder: string): boolean =>
  /^src\/[a-z]+\/(domain|application|infrastructure|interface)$/.test(folder)

function checkKernel({ sources }: Tree, report: Report): void {
  const kernel = sources.filter(({ path }) => path.startsWith('src/kernel/') && !isTest(path))
  const lines = kernel.reduce((sum, { text }) => sum + linesOf(text), 0)
  if (lines <= KERNEL_LINES_MAX) return
  report(
    'kernel',
    { file: 'src/kernel', line: 1 },
    `${lines} lines are more than ${KERNEL_LINES_MAX}.`,
  )
}
