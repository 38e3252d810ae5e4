import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Read } from '../../live/use-read.ts'
import { Button } from '../../ui/button.tsx'
import { Panel, PanelEmpty, PanelList } from '../../ui/panel.tsx'
import type { RunningList } from '../people-views.ts'
import { RunningLine } from '../running-line.tsx'

const SHOWN_MAX = 8

/** Shows who works on what, agents and people alike. */
export const RunningNow = ({ read }: Readonly<{ read: Read<RunningList> }>) => {
  const { data } = read
  const [isWhole, setWhole] = useState(false)
  const items = data?.items ?? []
  const shown = isWhole ? items : items.slice(0, SHOWN_MAX)
  const more = (data?.total ?? 0) - shown.length
  return (
    <Panel title="Running now" read={read}>
      {data !== null && items.length === 0 && (
        <PanelEmpty>
          Nobody works on anything right now.{' '}
          <Link to="/agents" search={{ connect: true }} className="text-accent underline">
            Connect an agent
          </Link>
          , or take a task from the board.
        </PanelEmpty>
      )}
      {shown.length > 0 && (
        <PanelList label="Running now">
          {shown.map((item) => (
            <RunningLine key={item.key} item={item} />
          ))}
        </PanelList>
      )}
      {more > 0 && !isWhole && (
        <div className="border-t border-line px-2 py-1">
          <Button look="quiet" onClick={() => setWhole(true)}>{`And ${more} more`}</Button>
        </div>
      )}
      {more > 0 && isWhole && <PanelEmpty>{`And ${more} more, on the boards.`}</PanelEmpty>}
    </Panel>
  )
}
