import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { mayHere } from '../live/own/rights.ts'
import { useHall, useTopic } from '../live/use-hall.ts'
import { useLive } from '../live/use-live.ts'
import { firstLine, useWalk } from '../shell/keyboard/use-walk.ts'
import { Page } from '../shell/page.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, PanelEmpty } from '../ui/panel.tsx'
import { AddPanel } from './catalogue/add-panel.tsx'
import { SearchBox, SearchResults } from './search.tsx'
import { ServerLine } from './server-line.tsx'
import { isOfHealth, isServers, LOOK_MS } from './views.ts'

/** Shows the servers of tools, a search over what they offer, and the way to add one. */
export const ToolsPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const navigate = useNavigate()
  const { q = '', add } = useSearch({ strict: false })
  const [text, setText] = useSearchText(q)
  const box = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const mayAdd = mayHere(me, 'catalogue:write')
  const goTo = (search: Readonly<{ q?: string; add?: 'catalogue' | 'address' }>): void => {
    navigate({ to: '/tools', search, replace: !('add' in search) }).catch(() => {})
  }
  useWalk('Tools', list, [{ keys: ['/'], label: 'Search', run: () => box.current?.focus() }])
  const isAdding = add !== undefined && mayAdd
  return (
    <Page
      title="Tools"
      about="What agents and people can call through this hall: one door, one record."
      action={
        mayAdd &&
        !isAdding && (
          <Button look="filled" onClick={() => goTo({ add: 'catalogue' })}>
            <Plus className="size-4" />
            Add a server
          </Button>
        )
      }
    >
      {isAdding ? (
        <AddPanel way={add} choose={(way) => goTo({ add: way })} close={() => goTo({})} />
      ) : (
        <>
          <SearchBox
            ref={box}
            value={text}
            change={(next) => {
              setText(next)
              goTo(next === '' ? {} : { q: next })
            }}
            leave={() => firstLine(list.current)?.focus()}
          />
          <div ref={list} className="grid grid-cols-[minmax(0,1fr)] gap-4">
            {text.trim() === '' ? (
              <ServersPanel mayAdd={mayAdd} />
            ) : (
              <SearchResults q={text.trim()} />
            )}
          </div>
        </>
      )}
    </Page>
  )
}

/** Keeps what is written in the box; the address follows it, and leads it when one goes back. */
const useSearchText = (q: string): readonly [string, (text: string) => void] => {
  const [text, setText] = useState(q)
  const sent = useRef(q)
  useEffect(() => {
    if (q !== sent.current) setText(q)
    sent.current = q
  }, [q])
  const write = (next: string): void => {
    sent.current = next
    setText(next)
  }
  return [text, write]
}

const SERVERS = { is: isServers, wants: isOfHealth, everyMs: LOOK_MS }

const ServersPanel = ({ mayAdd }: Readonly<{ mayAdd: boolean }>) => {
  const read = useLive('/tool-servers', SERVERS)
  const servers = read.data?.items.toSorted((a, b) => (a.slug < b.slug ? -1 : 1))
  return (
    <Panel title="Servers" read={read}>
      {servers?.length === 0 && (
        <PanelEmpty>
          No server is connected yet.{' '}
          {mayAdd ? 'Add one of the catalogue, or one by its address.' : 'Administrators add them.'}
        </PanelEmpty>
      )}
      {servers !== undefined && servers.length > 0 && (
        <ul aria-label="Servers" className="divide-y divide-line border-t border-line">
          {servers.map((server) => (
            <ServerLine key={server.slug} server={server} />
          ))}
        </ul>
      )}
    </Panel>
  )
}
