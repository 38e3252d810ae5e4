// Makes a row keep our limits. What had to be cut, moved or dropped is said, never silent.
import { canonical } from '../../kernel/canonical.ts'
import {
  EXTERNAL_ID_CHARS_MAX,
  type ImportProblem,
  type ImportRow,
  problemOf,
} from './import-row.ts'
import { ACCEPT_MAX, BODY_BYTES_MAX, isClosed, TITLE_MAX } from './words.ts'

const LABEL_CHARS_MAX = 100
const LABELS_PER_TASK_MAX = 50
const ACCEPT_CHARS_MAX = 1_000
const COMMENTS_PER_TASK_MAX = 1_000
const UNMAPPED_CHARS_MAX = 32_768
const UNMAPPED_DEPTH_MAX = 16
const NAME_CHARS_MAX = 96

type Say = (code: ImportProblem['code'], field: string, text: string) => void

/** Holds a row that keeps all limits, or null where nothing was left to import. */
export type Fitted = Readonly<{ row: ImportRow | null; problems: readonly ImportProblem[] }>

/** Makes a row keep our limits and lists what that changed. */
export function fitRow(row: ImportRow): Fitted {
  const problems: ImportProblem[] = []
  const externalId = cleanLine(row.externalId).slice(0, EXTERNAL_ID_CHARS_MAX)
  const place = { externalId, at: row.at }
  const say: Say = (code, field, text) =>
    problems.push(problemOf('warning', place, { code, field, text }))
  const reject = (field: string, text: string): Fitted => ({
    row: null,
    problems: [...problems, problemOf('error', place, { code: 'import.bad_field', field, text })],
  })
  if (externalId === '' || externalId !== row.externalId) {
    return reject('id', `The id must be one line of at most ${EXTERNAL_ID_CHARS_MAX} characters.`)
  }
  const title = fitTitle(cleanLine(heard(row.title, 'title', say)), say)
  if (title.head === '') return reject('title', 'The title is empty; give the task a title.')
  const accept = fitAccept(row, say)
  const written = cleanText(heard(row.body, 'body', say)).trim()
  const body = [title.rest, written, accept.rest].filter((part) => part !== '').join('\n\n')
  const flag = row.flag === null ? null : cleanLine(row.flag).slice(0, TITLE_MAX)
  return {
    row: {
      ...row,
      from: {
        status: cleanLine(row.from.status),
        type: cleanLine(row.from.type),
        priority: cleanLine(row.from.priority),
        open: row.from.open,
      },
      title: title.head,
      body: fitBytes(body, 'body', say),
      labels: fitLabels(row.labels, say),
      flag: flag === '' ? 'blocked' : flag,
      accept: accept.items,
      comments: fitComments(row, say),
      assignees: namesOf(row.assignees),
      closedAt: fitClosed(row, say),
      unmapped: fitUnmapped(row.unmapped, say),
    },
    problems,
  }
}

/** Strips controls other than tab and newline, and halves of characters; ends lines with `\n`. */
export const cleanText = (text: string): string =>
  text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\t\n]/gu, '')
    .replace(/\p{Cs}/gu, '')

/** Makes one trimmed line of a text. */
export const cleanLine = (text: string): string =>
  cleanText(text)
    .replace(/[\n\t\u2028\u2029]+/g, ' ')
    .trim()

/** Passes a text on, and says when it holds what no text of ours may hold. */
function heard(text: string, field: string, say: Say): string {
  if (text.includes('\0') || !text.isWellFormed()) {
    say('import.broken_text', field, `NUL or half characters were removed from ${field}.`)
  }
  return text
}

function fitTitle(title: string, say: Say): { head: string; rest: string } {
  const chars = Array.from(title)
  if (chars.length <= TITLE_MAX) return { head: title, rest: '' }
  const text = `The title has ${chars.length} characters; the rest of it opens the description.`
  say('import.title_cut', 'title', text)
  const head = chars
    .slice(0, TITLE_MAX - 1)
    .join('')
    .trimEnd()
  return { head: `${head}…`, rest: `…${chars.slice(TITLE_MAX - 1).join('')}` }
}

function fitBytes(text: string, field: string, say: Say): string {
  // A UTF-16 unit takes at most three bytes, so most texts need no counting.
  if (text.length * 3 <= BODY_BYTES_MAX) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(BODY_BYTES_MAX))
  if (read === text.length) return text
  const lost = text.length - read
  say('import.text_cut', field, `${field} is above 64 KiB; its last ${lost} characters are lost.`)
  return text.slice(0, read)
}

/** Ends a body with one more line; a body that is full loses as much of its own end. */
export function endBody(body: string, line: string): string {
  if (body === '') return line
  const end = `\n\n${line}`
  const room = new Uint8Array(BODY_BYTES_MAX - new TextEncoder().encode(end).length)
  const { read } = new TextEncoder().encodeInto(body, room)
  return `${body.slice(0, read)}${end}`
}

function fitAccept({ accept }: ImportRow, say: Say): { items: ImportRow['accept']; rest: string } {
  const clean = accept
    .map(({ text, done }) => ({ text: cleanLine(text), done }))
    .filter(({ text }) => text !== '')
  const isShort = ({ text }: { text: string }) => text.length <= ACCEPT_CHARS_MAX
  const items = clean.filter(isShort).slice(0, ACCEPT_MAX)
  const kept = new Set(items)
  const rest = clean.filter((item) => !kept.has(item))
  if (rest.length === 0) return { items, rest: '' }
  const text = `${rest.length} acceptance items are too many or too long; they end the description.`
  say('import.accept_moved', 'accept', text)
  const lines = rest.map((item) => `- [${item.done ? 'x' : ' '}] ${item.text}`)
  return { items, rest: ['## Acceptance criteria', '', ...lines].join('\n') }
}

function fitLabels(labels: readonly string[], say: Say): string[] {
  const clean = labels.map((label) => cleanLine(label)).filter((label) => label !== '')
  const short = clean.map((label) => Array.from(label).slice(0, LABEL_CHARS_MAX).join(''))
  const single = new Map<string, string>()
  for (const label of short) {
    if (!single.has(label.toLowerCase())) single.set(label.toLowerCase(), label)
  }
  if (single.size > LABELS_PER_TASK_MAX || clean.some((label, index) => label !== short[index])) {
    const text = `Labels are cut to ${LABELS_PER_TASK_MAX} of ${LABEL_CHARS_MAX} characters.`
    say('import.labels_cut', 'labels', text)
  }
  return [...single.values()].slice(0, LABELS_PER_TASK_MAX)
}

function fitComments({ comments }: ImportRow, say: Say): ImportRow['comments'] {
  if (comments.length > COMMENTS_PER_TASK_MAX) {
    const text = `Only the first ${COMMENTS_PER_TASK_MAX} of ${comments.length} comments are taken.`
    say('import.comments_cut', 'comments', text)
  }
  const refs = new Set<string>()
  return comments.slice(0, COMMENTS_PER_TASK_MAX).flatMap((comment, index) => {
    const wanted = cleanLine(comment.ref)
    const ref = wanted === '' || refs.has(wanted) ? `${wanted}#${index + 1}` : wanted
    refs.add(ref)
    const field = `comments[${index}]`
    const text = fitBytes(cleanText(heard(comment.text, field, say)).trim(), field, say)
    const [author = null] = comment.author === null ? [] : namesOf([comment.author])
    return text === '' ? [] : [{ ref, author, at: comment.at, text }]
  })
}

function namesOf(names: readonly string[]): string[] {
  const clean = names.map((name) => cleanLine(name).replace(/^@+/, '').trim())
  return clean.filter((name) => name !== '').map((name) => name.slice(0, NAME_CHARS_MAX))
}

function fitClosed({ createdAt, closedAt, category }: ImportRow, say: Say): string | null {
  if (!isClosed(category)) return null
  if (closedAt === null || createdAt === null || closedAt >= createdAt) return closedAt
  say('import.closed_before_created', 'closedAt', 'Closed before created: closed when created.')
  return createdAt
}

function fitUnmapped(fields: ImportRow['unmapped'], say: Say): ImportRow['unmapped'] {
  let room = UNMAPPED_CHARS_MAX
  const kept = Object.entries(fields).filter(([name, value]) => {
    if (isPlain(name, 0) && isPlain(value, 0)) {
      const size = name.length + canonical(value).length
      if (size <= room) {
        room -= size
        return true
      }
    }
    say(
      'import.field_dropped',
      cleanLine(name).slice(0, 100),
      'The field is too large or too deep to keep.',
    )
    return false
  })
  return Object.fromEntries(kept)
}

/** Says whether a value can be stored as JSON: well-formed texts, finite numbers, not too deep. */
function isPlain(value: unknown, depth: number): boolean {
  if (depth > UNMAPPED_DEPTH_MAX) return false
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  if (typeof value === 'number') return Number.isFinite(value)
  if (value === null || typeof value === 'boolean') return true
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth + 1))
  if (typeof value !== 'object') return false
  return Object.entries(value).every(([key, item]) => isPlain(key, 0) && isPlain(item, depth + 1))
}
