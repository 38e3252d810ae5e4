import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { piecesOf, spelledOut } from './hidden.ts'

/** Shows a word or a line that a server wrote: as text, on its own, with nothing hidden in it. */
export const Word = ({ text }: Readonly<{ text: string }>) => (
  <bdi className="[overflow-wrap:anywhere]">{spelledOut(text)}</bdi>
)

/** Shows a text that a server wrote; what one would not see is marked. */
export const PlainText = ({ text, mono }: Readonly<{ text: string; mono?: boolean }>) => (
  <div
    dir="auto"
    className={`min-w-0 [overflow-wrap:anywhere] whitespace-pre-wrap [unicode-bidi:isolate] ${
      mono === true ? 'font-mono text-meta' : ''
    }`}
  >
    {piecesOf(text).map(({ text: piece, isHidden }, at) =>
      isHidden ? (
        <span
          // Pieces of one text have no names of their own and never change places.
          key={at}
          title="Hidden characters"
          className="rounded-control bg-bad-soft px-0.5 text-bad"
        >
          {piece}
        </span>
      ) : (
        piece
      ),
    )}
  </div>
)

const PAGE_CHARS = 16_000

type LongTextProps = Readonly<{ text: string; label: string }>

/** Shows a text of any length, a page at a time: long ones are read on. */
export const LongText = ({ text, label }: LongTextProps) => {
  const [shown, setShown] = useState(PAGE_CHARS)
  const isCut = text.length > shown
  const pages = pagesOf(isCut ? wholeUpTo(text, shown) : text)
  return (
    <div className="grid gap-2">
      <div
        // Long lines and many of them are scrolled, with the keyboard, too.
        tabIndex={0}
        role="region"
        aria-label={label}
        className="max-h-[32rem] overflow-auto rounded-card border border-line bg-sunken p-2.5 pr-9"
      >
        {pages.map((page, at) => (
          <PlainText key={at} text={page} mono />
        ))}
      </div>
      {isCut && (
        <div className="flex flex-wrap items-center gap-2 text-meta text-text-3">
          <Button onClick={() => setShown(shown + PAGE_CHARS)}>Read on</Button>
          {`${thousands(shown)} of ${thousands(text.length)} characters`}
        </div>
      )}
    </div>
  )
}

// Each page is laid out by itself, so that reading on does not lay out what was read.
const pagesOf = (text: string): readonly string[] => {
  const pages: string[] = []
  for (let from = 0; from < text.length; ) {
    const end = pageEnd(text, from)
    pages.push(text.slice(from, end))
    from = end
  }
  return pages
}

const pageEnd = (text: string, from: number): number => {
  const end = Math.min(from + PAGE_CHARS, text.length)
  if (end === text.length) return end
  // A page ends with a line where there is one, and never inside of a character.
  const line = text.lastIndexOf('\n', end)
  if (line > from) return line + 1
  return from + wholeUpTo(text.slice(from, end), end - from).length
}

const wholeUpTo = (text: string, end: number): string =>
  text.slice(0, end).replace(/[\ud800-\udbff]$/, '')

const thousands = (count: number): string => count.toLocaleString('en')
