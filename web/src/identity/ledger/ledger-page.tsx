import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef } from 'react'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Page } from '../../shell/page.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelEmpty } from '../../ui/panel.tsx'
import { ExportButton } from './export-button.tsx'
import { LedgerFilter } from './ledger-filter.tsx'
import { LedgerLine } from './ledger-line.tsx'
import { useEvents } from './use-events.ts'
import { VerifyMark } from './verify-mark.tsx'
import { type LedgerSearch, searchOf } from './views.ts'

/** Shows what happened, who did it and for whom, as it is sealed. */
export const LedgerPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const navigate = useNavigate()
  const search = searchOf(useSearch({ strict: false }))
  const list = useRef<HTMLOListElement>(null)
  const { pos, ...filter } = search
  const { items, trouble, hasMore, older, again } = useEvents(filter)
  const goTo = (next: LedgerSearch): void => {
    navigate({ to: '/ledger', search: next, replace: true }).catch(() => {})
  }
  const isFiltered = Object.keys(filter).length > 0
  useWalk('Ledger', list, [
    {
      keys: ['Escape'],
      label: 'Close',
      when: () => pos !== undefined,
      run: () => goTo(filter),
    },
  ])
  return (
    <Page
      title="Ledger"
      about="Every change and who made it, sealed one behind the other."
      action={
        <span className="flex flex-wrap items-center gap-2">
          <VerifyMark newest={items?.[0]?.pos ?? null} />
          {mayHere(me, 'ledger:export') && <ExportButton />}
        </span>
      }
    >
      <LedgerFilter search={filter} change={goTo} />
      <Panel title={headingOf(filter)} read={{ data: items, trouble, again }}>
        {items?.length === 0 && (
          <PanelEmpty>
            {isFiltered ? 'No event matches. ' : 'Nothing has happened yet.'}
            {isFiltered && <Button onClick={() => goTo({})}>Clear the filter</Button>}
          </PanelEmpty>
        )}
        {items !== null && items.length > 0 && (
          <ol ref={list} aria-label="Events" className="divide-y divide-line border-t border-line">
            {items.map((item) => (
              <LedgerLine
                key={item.pos}
                item={item}
                isOpen={item.pos === pos}
                toggle={() => goTo(item.pos === pos ? filter : { ...filter, pos: item.pos })}
                shown={filter.object}
                only={(object) => goTo({ object })}
              />
            ))}
          </ol>
        )}
        {hasMore && (
          <div className="border-t border-line p-3 text-center">
            <Button onClick={older}>Older</Button>
          </div>
        )}
      </Panel>
    </Page>
  )
}

const headingOf = ({ object, project, actor }: LedgerSearch): string => {
  if (object !== undefined) return `History of ${object}`
  if (actor !== undefined) return `What @${actor.replace(/^@/, '')} did`
  return project === undefined ? 'Events' : `Events of ${project}`
}
