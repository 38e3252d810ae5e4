import { refuse } from '../../kernel/refusal.ts'
import {
  type BadPosition,
  checkParts,
  faultOf,
  genesisOf,
  type KeptPart,
  sameBytes,
  type SealedRow,
} from '../ledger/check.ts'
import { AnyLine, type BundleHeader, type BundleLine } from './bundle-lines.ts'
import { readKeys } from '../ledger/note.ts'
import { type NoteCheck, noteCheck } from './notes-check.ts'
import { EMPTY_TREE, fitsSize } from '../ledger/tree.ts'
import type { EvidenceVerdict } from './verify-evidence.ts'

// Verifies a bundle without a hub and without a database, line by line: what it remembers does not
// grow with the ledger.

/** Erasable parts of one event, and notes over one position, at most. */
const TOGETHER_MAX = 64

type LineOf<K extends BundleLine['k']> = Extract<BundleLine, { k: K }>

/**
 * Recomputes a bundle. `key` is the text of a key file; without it the keys are believed that the
 * bundle itself names, which says nothing about who wrote it. Refuses what is no bundle.
 */
export const verifyBundle = async (
  lines: AsyncIterable<string> | Iterable<string>,
  options: Readonly<{ key?: string | undefined }> = {},
): Promise<EvidenceVerdict> => {
  const trusted = options.key === undefined ? null : keysIn(options.key)
  let walk: BundleWalk | undefined
  let number = 0
  let done = false
  for await (const text of lines) {
    number += 1
    if (text.trim() === '') continue
    const line = readLine(text, number)
    if (line.k === 'header') {
      if (walk) throw unreadable(number)
      walk = bundleWalk(line, trusted)
    } else if (walk && !done) guarded(number, () => walk?.take(line))
    else throw unreadable(number)
    done = line.k === 'end'
  }
  if (!walk) throw unreadable(number)
  return walk.verdict()
}

/** Canonical JSON refuses what no ledger holds: a file with it is no bundle of ours. */
const guarded = (number: number, task: () => void): void => {
  try {
    task()
  } catch (error) {
    if (error instanceof TypeError) throw unreadable(number)
    throw error
  }
}

const keysIn = (text: string): readonly Buffer[] => {
  const keys = readKeys(text)
  if (keys) return keys
  const message = 'The key file holds no public key of a hub; take the one that the hub printed.'
  throw refuse('invalid', 'platform.key_file_unreadable', message)
}

const readLine = (text: string, number: number): BundleLine => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadable(number)
  }
  const parsed = AnyLine.safeParse(value)
  if (!parsed.success) throw unreadable(number)
  return parsed.data
}

const unreadable = (line: number) => {
  const message = `Line ${line} is not a line of a ledger bundle; export it again.`
  return refuse('invalid', 'platform.bundle_unreadable', message, { line })
}

type BundleWalk = Readonly<{
  take(line: Exclude<BundleLine, { k: 'header' }>): void
  verdict(): EvidenceVerdict
}>

/** Keeps the first fault of a walk. */
type Faults = { first: BadPosition | null }

const bundleWalk = (header: BundleHeader, trusted: readonly Buffer[] | null): BundleWalk => {
  const { org, start } = header
  const faults: Faults = { first: null }
  const check = checkOf(header, trusted, faults)
  const parts = partGroup(header.private, faults)
  const notes = noteGroup(check, faults)
  let hash: Uint8Array = start.pos === 0 ? genesisOf(org) : Buffer.from(start.hash, 'hex')
  let pos = start.pos
  let ended: LineOf<'end'> | undefined
  if (header.note !== null) notes.take({ k: 'note', size: start.pos, note: header.note })

  const stepTo = (row: SealedRow): BadPosition | null => {
    pos += 1
    if (row.pos !== pos) return { pos, why: 'missing_position' }
    const why = faultOf(row, org, hash)
    return why && { pos, why }
  }
  const takeRow = (line: LineOf<'row'>) => {
    parts.close()
    notes.close()
    if (faults.first) return
    const row = rowOf(line)
    faults.first = stepTo(row)
    if (faults.first) return
    hash = row.hash
    check.row(row)
    parts.open(row)
  }
  const endFault = (): BadPosition | null => {
    if (!ended || ended.to > pos) return { pos: pos + 1, why: 'truncated' }
    if (ended.to < pos) return { pos: ended.to + 1, why: 'bad_chain' }
    if (!sameBytes(Buffer.from(ended.hash, 'hex'), hash)) return { pos, why: 'bad_chain' }
    // Who names a key wants a signature: a bundle without notes proves nothing about its writer.
    const unsigned = trusted !== null && check.compared() === 0 && pos > start.pos
    return unsigned ? { pos: start.pos + 1, why: 'bad_signature', upTo: pos } : check.end()
  }
  return {
    take(line) {
      if (faults.first) return
      if (line.k === 'row') takeRow(line)
      else if (line.k === 'private') parts.take(line)
      else if (line.k === 'end') ended ??= line
      else {
        parts.close()
        notes.take(line)
      }
    },
    verdict() {
      parts.close()
      notes.close()
      faults.first ??= endFault()
      return {
        ok: faults.first === null,
        from: start.pos + 1,
        to: faults.first === null ? pos : Math.max(pos, header.to),
        signedTo: check.signedTo(),
        unsealed: 0,
        erased: header.private ? parts.erased() : null,
        lost: check.lost(),
        firstBad: faults.first,
      }
    },
  }
}

const checkOf = (header: BundleHeader, trusted: readonly Buffer[] | null, faults: Faults) => {
  const { org, start, epochs } = header
  const offered = header.keys.map((key) => Buffer.from(key, 'hex'))
  const given = { size: start.pos, frontier: Buffer.from(start.frontier, 'hex') }
  const fits = fitsSize(given)
  if (!fits) faults.first = { pos: start.pos + 1, why: 'root_mismatch' }
  return noteCheck({
    orgId: org,
    start: fits ? given : EMPTY_TREE,
    // A header proves nothing: what it says of restores must be found in the rows.
    claims: epochs.map((claim) => ({ ...claim, known: false })),
    trusted: trusted ?? offered,
    offered,
  })
}

/** Gathers the erasable parts that follow a row. */
const partGroup = (complete: boolean, faults: Faults) => {
  let open: { row: SealedRow; parts: KeptPart[] } | undefined
  let erased = 0
  return {
    open(row: SealedRow) {
      open = { row, parts: [] }
    },
    take({ pos, part, salt, body }: LineOf<'private'>) {
      const fits = open?.row.pos === pos && open.parts.length < TOGETHER_MAX
      if (fits) open?.parts.push({ part, salt, body })
      else faults.first ??= { pos, why: 'private_altered' }
    },
    close() {
      if (!open || faults.first) return
      const result = checkParts(open.row.data, open.parts)
      if (result.altered) faults.first = { pos: open.row.pos, why: 'private_altered' }
      // A bundle without these parts says nothing about which of them are gone.
      if (complete) erased += result.erased
      open = undefined
    },
    erased: () => erased,
  }
}

/** Gathers the notes over one position, since only together they show a fork. */
const noteGroup = (check: NoteCheck, faults: Faults) => {
  let group: { size: number; texts: string[] } | undefined
  const close = () => {
    if (!group || faults.first) return
    const { size, texts } = group
    group = undefined
    faults.first = check.notes(size, texts)
  }
  return {
    close,
    take({ size, note }: LineOf<'note'>) {
      if (group?.size !== size) close()
      group ??= { size, texts: [] }
      if (group.texts.length < TOGETHER_MAX) group.texts.push(note)
      else faults.first ??= { pos: size, why: 'fork' }
    },
  }
}

const rowOf = (line: LineOf<'row'>): SealedRow => {
  const { subjectVersion, happenedAt, digest, hash, id, name, subject, actor, data, pos } = line
  return {
    ...{ id, name, subject, actor, data, pos },
    subject_version: subjectVersion,
    happened_at: happenedAt,
    digest: Buffer.from(digest, 'hex'),
    hash: Buffer.from(hash, 'hex'),
  }
}
