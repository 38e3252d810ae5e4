import { ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { spelledOut } from '../hidden.ts'
import { isObject } from '../json.ts'
import { PlainText } from '../plain-text.tsx'
import { cutText } from '../../ui/signs.ts'

// Levels that are open at first, members shown at a time, characters of a text shown at first.
const OPEN_LEVELS = 2
const MEMBERS_STEP = 100
const TEXT_CHARS = 500
const NAME_CHARS = 120

type JsonTreeProps = Readonly<{ value: unknown; label: string }>

/** Shows JSON as a tree: large parts are folded, and nothing in it is followed. */
export const JsonTree = ({ value, label }: JsonTreeProps) => (
  <div
    tabIndex={0}
    role="region"
    aria-label={label}
    className="max-h-[32rem] overflow-auto rounded-card border border-line bg-sunken p-2.5
      font-mono text-meta"
  >
    <Node value={value} name={null} level={0} />
  </div>
)

type NodeProps = Readonly<{ value: unknown; name: string | null; level: number }>

const Node = ({ value, name, level }: NodeProps) => {
  if (Array.isArray(value)) {
    const members = value.map((one, at): Member => [String(at), one])
    return <Branch name={name} level={level} members={members} ends="[]" />
  }
  if (isObject(value)) {
    return <Branch name={name} level={level} members={Object.entries(value)} ends="{}" />
  }
  return (
    <div className="flex min-h-6 items-center gap-1.5 pl-5">
      <Name name={name} />
      <Leaf value={value} />
    </div>
  )
}

type Member = readonly [string, unknown]
type BranchProps = Readonly<{
  name: string | null
  level: number
  members: readonly Member[]
  ends: '[]' | '{}'
}>

const Branch = ({ name, level, members, ends }: BranchProps) => {
  const [isOpen, setOpen] = useState(level < OPEN_LEVELS)
  const [shown, setShown] = useState(MEMBERS_STEP)
  if (members.length === 0) {
    return (
      <div className="flex min-h-6 items-center gap-1.5 pl-5">
        <Name name={name} />
        <span className="text-text-3">{ends}</span>
      </div>
    )
  }
  const more = members.length - shown
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex min-h-6 max-w-full items-center gap-1.5 rounded-control text-left
          hover:bg-hover"
      >
        <ChevronRight
          aria-hidden="true"
          className={`size-3.5 shrink-0 text-text-3 ${isOpen ? 'rotate-90' : ''}`}
        />
        <Name name={name} />
        <span className="text-text-3">
          {ends === '[]' ? `[${members.length}]` : `{${members.length}}`}
        </span>
      </button>
      {isOpen && (
        <div className="ml-1.5 border-l border-line pl-2">
          {members.slice(0, shown).map(([inner, value]) => (
            <Node key={inner} name={inner} value={value} level={level + 1} />
          ))}
          {more > 0 && <More count={more} show={() => setShown(shown + MEMBERS_STEP)} />}
        </div>
      )}
    </div>
  )
}

const Name = ({ name }: Readonly<{ name: string | null }>) =>
  name === null ? null : (
    <bdi className="shrink-0 text-accent max-sm:shrink max-sm:break-all">
      {`${spelledOut(cutText(name, NAME_CHARS))}:`}
    </bdi>
  )

const Leaf = ({ value }: Readonly<{ value: unknown }>) => {
  const [isWhole, setWhole] = useState(false)
  if (typeof value !== 'string') return <span className="text-run">{String(value)}</span>
  const isLong = value.length > TEXT_CHARS
  return (
    <span className="min-w-0 flex-1">
      <PlainText text={isLong && !isWhole ? cutText(value, TEXT_CHARS) : value} />
      {isLong && !isWhole && <More count={value.length - TEXT_CHARS} show={() => setWhole(true)} />}
    </span>
  )
}

const More = ({ count, show }: Readonly<{ count: number; show(): void }>) => (
  <button
    type="button"
    onClick={show}
    className="ml-5 min-h-6 rounded-control font-sans text-accent underline underline-offset-2"
  >
    {`${count.toLocaleString('en')} more`}
  </button>
)
