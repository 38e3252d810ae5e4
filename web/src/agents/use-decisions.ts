import { useEffect, useRef, useState } from 'react'
import type { ApprovalItem } from '../live/inbox.ts'
import { whyOf } from '../live/own/why-of.ts'
import { useHall } from '../live/use-hall.ts'
import type { Binding } from '../shell/keys.ts'
import { type Deed, useDeed } from '../ui/form/deed.ts'
import { type Decision, isDecided, saidOf } from './views.ts'

/** Where a person is in the inbox, and what they are about to say. */
export type Decisions = Readonly<{
  /** Keys of approvals. */
  here: string | null
  opened: string | null
  begun: Decision | null
  deed: Deed
  goTo(key: string): void
  toggle(key: string): void
  begin(item: ApprovalItem, decision: Decision | null): void
  decide(item: ApprovalItem, decision: Decision, reason: string): Promise<void>
  keys: readonly Binding[]
}>

/** Finds the line of an approval and sets the focus on it. */
const focusOn = (key: string): void => {
  const line = document.querySelector(`[data-approval="${CSS.escape(key)}"] button`)
  if (line instanceof HTMLElement) line.focus()
}

// Questions and proposals show all there is to know: their keys press what is there.
const otherHere = (): HTMLElement | null =>
  document.activeElement?.closest<HTMLElement>('[data-asks]') ?? null

const pressIn = (line: HTMLElement, by: string): void => {
  const part = line.querySelector<HTMLElement>(`[data-by="${by}"]`)
  if (part instanceof HTMLButtonElement) part.click()
  // Among several answers the key chooses none: it goes to them.
  else (part?.querySelector('button') ?? part)?.focus()
}

/** Keeps where a person is in the inbox, and sends what they decide. */
export const useDecisions = (items: readonly ApprovalItem[]): Decisions => {
  const { api, inbox, notices } = useHall()
  const deed = useDeed()
  const [here, goTo] = useState<string | null>(null)
  const [opened, setOpened] = useState<string | null>(null)
  const [begun, setBegun] = useState<Decision | null>(null)
  useStayNear(items, here, goTo)

  const open = (key: string | null): void => {
    setOpened(key)
    setBegun(null)
  }
  const decide = async (item: ApprovalItem, decision: Decision, reason: string): Promise<void> => {
    const said = { decision, ...(reason.trim() !== '' && { reason }) }
    try {
      notices.show('ok', saidOf(await api.write(`/approvals/${item.key}/decide`, said, isDecided)))
      open(null)
    } catch (thrown) {
      notices.show('bad', whyOf(thrown))
    }
    // Refused or not: somebody else may have been faster, and that is shown at once.
    await inbox.read()
  }
  const begin = (item: ApprovalItem, decision: Decision | null): void => {
    const isEasy = decision === 'approve' && item.risk !== 'high'
    if (isEasy) deed.run(() => decide(item, decision, ''))
    else setBegun(decision)
  }
  // The first press opens: nobody decides on what they have not seen.
  const say = (decision: Decision, by: 'a' | 'd' | 'r') => (): void => {
    const other = otherHere()
    if (other !== null) return pressIn(other, by)
    const item = items.find(({ key }) => key === here)
    if (item === undefined || begun !== null) return
    if (opened === item.key) begin(item, decision)
    else open(item.key)
  }
  const isHere = (): boolean => otherHere() !== null || items.some(({ key }) => key === here)
  const [approve, changes] = [say('approve', 'a'), say('changes', 'r')]
  const keys: readonly Binding[] = [
    { keys: ['a'], label: 'Open, then approve; accept; answer', when: isHere, run: approve },
    { keys: ['d'], label: 'Open, then deny; reject', when: isHere, run: say('deny', 'd') },
    { keys: ['r'], label: 'Open, then request changes; edit', when: isHere, run: changes },
    { keys: ['Escape'], label: 'Close', when: () => opened !== null, run: () => open(null) },
  ]
  const toggle = (key: string): void => open(opened === key ? null : key)
  return { here, opened, begun, deed, goTo, toggle, begin, decide, keys }
}

/** Goes on to the next approval when the one that the person was at is gone. */
const useStayNear = (
  items: readonly ApprovalItem[],
  here: string | null,
  goTo: (key: string) => void,
): void => {
  const place = useRef(0)
  useEffect(() => {
    const at = items.findIndex(({ key }) => key === here)
    if (at >= 0) place.current = at
    const next = items[Math.min(place.current, items.length - 1)]
    if (at >= 0 || here === null || next === undefined) return
    goTo(next.key)
    // Only a focus that was lost is set anew: others' decisions take nobody's.
    if (document.activeElement === document.body) focusOn(next.key)
  }, [items, here, goTo])
}
