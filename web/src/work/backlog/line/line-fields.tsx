import { type KeyboardEvent, useEffect, useRef } from 'react'
import type { Card } from '../../../../../src/work/contract.ts'
import { useHall } from '../../../live/use-hall.ts'
import { useBacklog } from '../backlog-context.ts'
import { changeTasks } from '../change/edits.ts'

const INPUT = 'h-7 rounded-control border border-edge bg-surface px-1.5 text-list'
const TITLE_MAX = 300
const POINTS_MAX = 10_000

type FieldProps = Readonly<{
  label: string
  value: string
  className: string
  numeric?: boolean
  /** `goesOn`: the person is still with the line, by its keys. */
  keep(text: string, goesOn: boolean): void
}>

/** Shows a field in the place of what it changes: Enter keeps it, Escape leaves it as it was. */
const LineInput = ({ label, value, className, numeric = false, keep }: FieldProps) => {
  const ref = useRef<HTMLInputElement>(null)
  const isLeft = useRef(false)
  useEffect(() => {
    ref.current?.focus()
    ref.current?.select()
  }, [])
  const leave = (text: string | null, goesOn: boolean): void => {
    // Taking the field away blurs it, too.
    if (isLeft.current) return
    isLeft.current = true
    keep(text ?? value, goesOn)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    leave(event.key === 'Enter' ? event.currentTarget.value : null, true)
  }
  return (
    <input
      ref={ref}
      aria-label={label}
      defaultValue={value}
      dir="auto"
      inputMode={numeric ? 'decimal' : 'text'}
      maxLength={numeric ? 8 : TITLE_MAX}
      autoComplete="off"
      onKeyDown={onKeyDown}
      onBlur={(event) => leave(event.currentTarget.value, false)}
      className={`${INPUT} ${className}`}
    />
  )
}

/** Lets a person write the title of a task in its line. */
export const TitleInput = ({ card }: Readonly<{ card: Card }>) => {
  const hall = useHall()
  const { stopWriting, focusOn } = useBacklog()
  const keep = (text: string, goesOn: boolean): void => {
    const title = text.replaceAll(/\s+/g, ' ').trim()
    stopWriting()
    if (goesOn) focusOn(card.id)
    if (title === '' || title === card.title) return
    changeTasks(hall, [{ card, patch: { title }, shown: { title } }]).catch(() => {})
  }
  return (
    <LineInput
      label={`Title of ${card.key}`}
      value={card.title}
      className="min-w-0 flex-1"
      keep={keep}
    />
  )
}

/** Lets a person write the estimate of a task in its line; empty takes it away. */
export const PointsInput = ({ card }: Readonly<{ card: Card }>) => {
  const hall = useHall()
  const { stopWriting, focusOn } = useBacklog()
  const value = card.points === null ? '' : String(card.points)
  const keep = (text: string, goesOn: boolean): void => {
    stopWriting()
    if (goesOn) focusOn(card.id)
    const points = readPoints(text)
    if (points === undefined) {
      hall.notices.show('bad', `An estimate is a number from 0 to ${POINTS_MAX}, such as 3 or 0.5.`)
      return
    }
    if (points === card.points) return
    changeTasks(hall, [{ card, patch: { points }, shown: { points } }]).catch(() => {})
  }
  return (
    <LineInput
      label={`Estimate of ${card.key}`}
      value={value}
      className="w-14 text-right"
      numeric
      keep={keep}
    />
  )
}

/** Reads an estimate: `null` for none, `undefined` for what is no number. */
const readPoints = (text: string): number | null | undefined => {
  const word = text
    .trim()
    .replace(',', '.')
    .replace(/\s*p(ts?)?$/i, '')
  if (word === '') return null
  const points = Number(word)
  return Number.isFinite(points) && points >= 0 && points <= POINTS_MAX ? points : undefined
}
