// Parts the Markdown of a Backlog.md task: checklists and comments become our own, all other text
// stays as written. Nothing inside a code fence is touched.
import type { ImportAccept, ImportComment } from '../domain/import-row.ts'
import { readTime } from './import-time.ts'

/** Holds the parts of a task's text. */
export type BodyParts = Readonly<{
  body: string
  /** Acceptance criteria first, the definition of done behind them. */
  accept: readonly ImportAccept[]
  done: readonly ImportAccept[]
  comments: readonly ImportComment[]
}>

type Section = 'accept' | 'done' | 'comments' | 'text'
type Line = Readonly<{ text: string; isCode: boolean }>

const MARKER =
  /^\s*<!-- (?:(?:SECTION:[A-Z_]+|AC|DOD|COMMENTS):(?:BEGIN|END)|COMMENT:[^>]*) -->\s*$/

const SECTIONS: Readonly<Record<string, Section>> = {
  'acceptance criteria': 'accept',
  'definition of done': 'done',
  comments: 'comments',
}

/** Parts a task's text. */
export function partBody(text: string, zone: string): BodyParts {
  const blocks = blocksOf(linesOf(text.replace(/\r\n?/g, '\n')))
  const accept: ImportAccept[] = []
  const done: ImportAccept[] = []
  const comments: ImportComment[] = []
  const body: string[] = []
  for (const { section, heading, lines } of blocks) {
    const plain = lines.filter((line) => line.isCode || !MARKER.test(line.text))
    if (section === 'comments') {
      const found = readComments(plain, comments.length, zone)
      comments.push(...found)
      if (found.length > 0) continue
    }
    const isList = section === 'accept' || section === 'done'
    const rest = isList ? takeItems(plain, section === 'accept' ? accept : done) : plain
    const written = trimLines(rest.map((line) => line.text)).join('\n')
    if (!isList || written !== '') body.push(...heading, ...(written === '' ? [] : [written]))
  }
  return { body: body.join('\n\n'), accept, done, comments }
}

function trimLines(lines: readonly string[]): readonly string[] {
  const isWritten = (line: string) => line.trim() !== ''
  return lines.slice(Math.max(lines.findIndex(isWritten), 0), lines.findLastIndex(isWritten) + 1)
}

function linesOf(text: string): Line[] {
  let fence: string | null = null
  return text.split('\n').map((line) => {
    const mark: string | undefined = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null) {
      if (mark !== undefined) fence = mark
      return { text: line, isCode: mark !== undefined }
    }
    const isEnd = mark?.startsWith(fence) && line.trim() === mark
    if (isEnd) fence = null
    return { text: line, isCode: true }
  })
}

type Block = { section: Section; heading: string[]; lines: Line[] }

function blocksOf(lines: readonly Line[]): Block[] {
  let block: Block = { section: 'text', heading: [], lines: [] }
  const blocks = [block]
  let isMarked = false
  for (const line of lines) {
    // Comments may hold headings of their own, so between their markers no section begins.
    if (!line.isCode && /^<!-- COMMENTS:(BEGIN|END) -->/.test(line.text)) {
      isMarked = block.section === 'comments' && line.text.includes('BEGIN')
    }
    const heading = line.isCode || isMarked ? null : /^##?[ \t]([^]*)$/.exec(line.text)
    if (heading) {
      const name = line.text.startsWith('## ') ? sectionName(heading[1] ?? '') : ''
      const section = Object.hasOwn(SECTIONS, name) ? (SECTIONS[name] ?? 'text') : 'text'
      block = { section, heading: [line.text], lines: [] }
      blocks.push(block)
    } else block.lines.push(line)
  }
  return blocks
}

const sectionName = (heading: string) => heading.trim().toLowerCase().replace(/:$/, '')

/** Moves checklist items into a list and gives back all other lines. */
function takeItems(lines: readonly Line[], into: ImportAccept[]): Line[] {
  let isInItem = false
  return lines.filter((line) => {
    // Only unindented boxes are items, as in the source's own reader; others are details.
    const item = line.isCode ? null : /^[-*] \[([ xX])\]\s([^]*)$/.exec(line.text)
    const text = (item?.[2] ?? '').trim().replace(/^#\d+ /, '')
    if (item && text !== '') {
      into.push({ text, done: item[1] !== ' ' })
      isInItem = true
      return false
    }
    const last = into.at(-1)
    if (isInItem && last && isContinued(line)) {
      into[into.length - 1] = { ...last, text: `${last.text} ${line.text.trim()}` }
      return false
    }
    isInItem = false
    return true
  })
}

/** Says whether a line goes on with the item above: indented, and no list of its own. */
const isContinued = ({ text, isCode }: Line) =>
  !isCode && /^( {2}|\t)/.test(text) && !/^(?:$|[-*+]\s|\d+[.)]\s)/.test(text.trim())

/** Reads comments: a head of `author:` and `created:`, a rule, the text, a rule. */
function readComments(lines: readonly Line[], before: number, zone: string): ImportComment[] {
  const comments: ImportComment[] = []
  let head = new Map<string, string>()
  let text: string[] | null = null
  const close = () => {
    const at = readTime(head.get('created') ?? '', zone)
    const ref = `#${before + comments.length + 1}`
    comments.push({ ref, author: head.get('author') ?? null, at, text: (text ?? []).join('\n') })
    head = new Map()
    text = null
  }
  for (const [index, line] of lines.entries()) {
    const isRule = !line.isCode && line.text.trim() === '---'
    if (text === null) {
      const field = /^(author|created):([^]*)$/.exec(line.text)
      if (field) head.set(field[1] ?? '', (field[2] ?? '').trim())
      else if (isRule && head.has('created')) text = []
    } else if (isRule && isEndOfComment(lines, index)) close()
    else text.push(line.text)
  }
  if (text !== null) close()
  return comments
}

/** Says whether a rule ends a comment: after it comes nothing or the head of the next one. */
function isEndOfComment(lines: readonly Line[], index: number): boolean {
  const next = lines.slice(index + 1).find((line) => line.text.trim() !== '')
  return next === undefined || /^(author|created):\s/.test(next.text)
}
