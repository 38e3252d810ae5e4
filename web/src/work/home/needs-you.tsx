import { Link, type LinkProps } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { INBOX_TOPIC } from '../../live/inbox.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { Person } from '../../ui/avatar.tsx'
import { Badge, type Hue } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../../ui/moment.tsx'
import { Panel, PanelEmpty, PanelList } from '../../ui/panel.tsx'
import { type Need, useNeeds } from './use-needs.ts'

const SHOWN_MAX = 8

/** Shows everything that waits for this person's word, the most urgent kind first. */
export const NeedsYou = () => {
  const { inbox } = useHall()
  const isCut = useTopic(INBOX_TOPIC, inbox.isCut)
  const { needs, trouble, again, isKnown } = useNeeds()
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? needs : needs.slice(0, SHOWN_MAX)
  const more = needs.length - shown.length
  return (
    <Panel title="Needs you" read={{ data: isKnown ? needs : null, trouble, again }}>
      {isKnown && needs.length === 0 && (
        <PanelEmpty>
          Nothing needs you. When an agent asks, fails too often, or hands work in for review, it
          stands here.
        </PanelEmpty>
      )}
      {needs.length > 0 && (
        <PanelList label="Needs you">
          {shown.map((need) => (
            <NeedLine key={`${need.kind} ${need.key}`} need={need} />
          ))}
        </PanelList>
      )}
      {more > 0 && (
        <div className="border-t border-line px-2 py-1">
          <Button look="quiet" onClick={() => setWhole(true)}>{`And ${more} more`}</Button>
        </div>
      )}
      {isCut && more === 0 && (
        <PanelEmpty>
          <Link to="/inbox" className="text-accent underline">
            More in the inbox
          </Link>
        </PanelEmpty>
      )}
    </Panel>
  )
}

const KINDS: Readonly<Record<Need['kind'], readonly [string, Hue]>> = {
  approval: ['Approval', 'wait'],
  question: ['Question', 'wait'],
  failed: ['Failed too often', 'bad'],
  review: ['Review', 'run'],
  proposal: ['Proposal', 'plain'],
}

const NeedLine = ({ need }: Readonly<{ need: Need }>) => {
  const [word, hue] = KINDS[need.kind]
  return (
    <li
      className="relative flex min-h-9 items-center gap-3 px-4 py-1.5 hover:bg-hover"
      data-need={need.key}
    >
      <span className="w-28 shrink-0 max-sm:w-auto">
        <Badge hue={hue}>{word}</Badge>
      </span>
      <NeedLink need={need}>
        <span className="shrink-0 text-meta text-text-3">{need.key}</span>
        <span className="truncate" dir="auto">
          {need.text}
        </span>
        {need.about !== null && (
          <span className="truncate text-list text-text-3 max-md:hidden" dir="auto">
            {need.about}
          </span>
        )}
      </NeedLink>
      {need.who !== null && (
        <span className="max-w-40 min-w-0 shrink-0 truncate text-list text-text-2 max-sm:hidden">
          <Person handle={need.who} />
        </span>
      )}
      <span className="shrink-0 text-meta text-text-3">
        <Moment at={need.at} />
      </span>
    </li>
  )
}

const NeedLink = ({ need, children }: Readonly<{ need: Need; children: ReactNode }>) => {
  const inbox = need.kind === 'approval' || need.kind === 'proposal'
  const target: Pick<LinkProps, 'to' | 'params'> =
    inbox || need.task === null ? { to: '/inbox' } : { to: '/t/$key', params: { key: need.task } }
  return (
    <Link
      {...target}
      data-line={need.key}
      className="flex min-w-0 flex-1 items-baseline gap-2 rounded-control after:absolute
        after:inset-0"
    >
      {children}
    </Link>
  )
}
