import { useMemo } from 'react'
import { qrCode } from './qr-code.ts'

const QUIET = 4

/** Shows a text as a QR code: dark on light in both themes, because cameras expect it so. */
export const Qr = ({ text, label }: Readonly<{ text: string; label: string }>) => {
  const rows = useMemo(() => qrCode(text), [text])
  if (rows === null) return null
  const size = rows.length + QUIET * 2
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      className="size-44 rounded-card border border-line bg-paper text-ink"
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path d={pathOf(rows)} fill="currentColor" />
    </svg>
  )
}

/** Writes every run of dark cells of a row as one rectangle. */
const pathOf = (rows: readonly (readonly boolean[])[]): string =>
  rows
    .flatMap((row, y) =>
      [
        ...row
          .map((is) => (is ? '1' : '0'))
          .join('')
          .matchAll(/1+/g),
      ].map(
        ({ 0: run, index }) => `M${index + QUIET} ${y + QUIET}h${run.length}v1h-${run.length}z`,
      ),
    )
    .join('')
