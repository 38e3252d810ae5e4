import { Plus } from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useWalk } from '../../shell/keyboard/use-walk.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { useNewsRead } from '../use-news-read.ts'
import type { Proposal } from '../../live/inbox.ts'
import { type Context, isProposals, type Tier } from '../views.ts'
import { AddKey } from '../key/add-key.tsx'
import { AgentTab } from './agent-tab.tsx'
import { ConflictDialog } from './conflict-dialog.tsx'
import { CONTEXT_TABS, type ContextTab } from './context-search.ts'
import { ContextTable } from './context-table.tsx'
import { HistoryTab } from '../history/history-tab.tsx'
import { JsonDialog } from './json-dialog.tsx'
import { KeyPanel } from '../key/key-panel.tsx'
import { ProposalsTab } from '../proposals/proposals-tab.tsx'
import { rowsOf } from '../node/rows.ts'
import { useWrites } from './use-writes.ts'

type ContextViewProps = Readonly<{
  project: string
  at: string
  path: string | undefined
  tab: ContextTab
  tiers: readonly Tier[]
  context: Context
  again(): void
  picker: ReactNode
  /** Opens a key beside the table, or closes it. */
  open(path: string | null): void
  show(tab: ContextTab): void
}>

type Dialog = Readonly<{ kind: 'add' } | { kind: 'json'; at: string }>

const NAMES: Record<ContextTab, string> = {
  values: 'Values',
  agent: 'What the agent sees',
  history: 'History',
  proposals: 'Proposals',
}

/** Shows the context of a place: values, the agent's view, history, proposals. */
export const ContextView = (props: ContextViewProps) => {
  const { project, at, path, tab, tiers, context, again, picker, open, show } = props
  const list = useRef<HTMLTableSectionElement>(null)
  const [dialog, setDialog] = useState<Dialog | null>(null)
  const writes = useWrites({ tiers, again })
  const { shown } = writes
  const rows = useMemo(() => rowsOf({ tiers: shown, context }), [shown, context])
  const proposals = useNewsRead('/delegations?state=pending&limit=100', isProposals, 'proposals')
  const isHere = ({ to }: Proposal): boolean =>
    to === 'global' || to === project || to.startsWith(`${project}/`)
  const waiting = proposals.data?.items.filter(isHere).length ?? 0
  const writable = shown.filter(({ writable: may }) => may)
  const add = (): void => setDialog({ kind: 'add' })
  const close = (): void => setDialog(null)
  const isOpen = path !== undefined && tab === 'values'
  useWalk('Context', list, [
    { keys: ['n'], label: 'Add a key', when: () => writable.length > 0, run: add },
    { keys: ['Escape'], label: 'Close the key', when: () => isOpen, run: () => open(null) },
  ])
  const json = dialog?.kind === 'json' ? shown.find((tier) => tier.at === dialog.at) : undefined
  return (
    <>
      <main
        aria-label={`Context of ${at}`}
        className={`flex min-h-0 min-w-0 flex-1 flex-col ${isOpen ? 'max-lg:hidden' : ''}`}
      >
        <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
          <h1 className="text-title font-semibold">Context</h1>
          <div className="min-w-0 max-sm:order-1 max-sm:basis-full">{picker}</div>
          {writable.length > 0 && (
            <Button look="filled" className="ml-auto" title="Add a key (N)" onClick={add}>
              <Plus className="size-4" /> Add a key
            </Button>
          )}
        </header>
        <div className="shrink-0 overflow-x-auto border-b border-line px-2.5 pb-1.5">
          <div className="w-max">
            <Tabs
              label="Views of the context"
              tabs={CONTEXT_TABS.map((id) => ({
                ...{ id, name: NAMES[id] },
                ...(id === 'proposals' && waiting > 0 && { count: waiting }),
              }))}
              chosen={tab}
              change={(id) => show(CONTEXT_TABS.find((one) => one === id) ?? 'values')}
            />
          </div>
        </div>
        <div role="tabpanel" aria-label={NAMES[tab]} className="min-h-0 flex-1 overflow-auto">
          {tab === 'agent' && <AgentTab at={at} />}
          {tab === 'history' && <HistoryTab tiers={shown} writes={writes} />}
          {tab === 'proposals' && <ProposalsTab read={proposals} tiers={shown} isHere={isHere} />}
          {tab === 'values' && rows.length === 0 && <Nothing at={at} />}
          {tab === 'values' && (rows.length > 0 || writable.length > 0) && (
            <ContextTable
              rows={rows}
              tiers={shown}
              chosen={path}
              isNarrow={isOpen}
              isUnderWay={writes.isUnderWay}
              open={open}
              writeJson={(one) => setDialog({ kind: 'json', at: one })}
              list={list}
            />
          )}
        </div>
      </main>
      {isOpen && (
        <KeyPanel
          key={path}
          path={path}
          row={rows.find((row) => row.path === path)}
          tiers={shown}
          writes={writes}
          writeJson={(one) => setDialog({ kind: 'json', at: one })}
          close={() => open(null)}
        />
      )}
      {dialog?.kind === 'add' && (
        <AddKey tiers={writable} writes={writes} added={open} close={close} />
      )}
      {json !== undefined && <JsonDialog tier={json} writes={writes} close={close} />}
      <ConflictDialog writes={writes} />
    </>
  )
}

const Nothing = ({ at }: Readonly<{ at: string }>) => (
  <EmptyState
    title={`Nothing is said at ${at} yet`}
    about="What is written here goes into every brief below: commands, rules, where things are."
    command={`guildhall context write ${at} --path test.command --data '"npm test"'`}
  />
)
