import { Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { mayHere } from '../../live/own/rights.ts'
import { useHall, useProject, useTopic } from '../../live/use-hall.ts'
import { useCurrentProject } from '../../shell/frame.tsx'
import { useKeys } from '../../shell/keys.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { usePageTitle } from '../../ui/use-page-title.ts'
import type { Objective } from '../views.ts'
import { MoveObjective, ObjectiveForm } from './objective-form.tsx'
import { ObjectivePanel } from './objective-panel.tsx'
import type { FocusWish } from './objective-tree.tsx'
import { UnalignedTab } from './unaligned-tab.tsx'
import { useAddress } from './use-address.ts'
import { type Objectives, useObjectives } from './use-objectives.ts'
import { VisionTree } from './vision-tree.tsx'

type Dialog =
  | Readonly<{ kind: 'new'; parent: string | null }>
  | Readonly<{ kind: 'edit' | 'move'; objective: Objective }>

/** Shows what is worth reaching, how far it is, and what work has no goal. */
export const VisionPage = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const project = useProject(useCurrentProject() ?? '')
  const objectives = useObjectives()
  const { opened, tab, open, show } = useAddress(project?.key ?? '')
  const [here, setHere] = useState<string | null>(null)
  const [wish, setWish] = useState<FocusWish>(null)
  const [dialog, setDialog] = useState<Dialog | null>(null)
  usePageTitle(project === undefined ? 'Vision' : `Vision of ${project.name}`)
  useEffect(() => hall.listen(), [hall])
  const { list, trouble, again } = objectives
  const mayWrite = mayHere(me, 'objective:write')
  const at = list?.find(({ id }) => id === here)
  const shown = list?.find(({ id }) => id === opened)
  const close = (): void => setDialog(null)
  const goOn = (id: string): void => {
    setHere(id)
    setWish({ id })
  }
  const leave = (): void => {
    open(null)
    if (opened !== undefined) setWish({ id: opened })
  }
  const add = (parent: string | null) => (): void => setDialog({ kind: 'new', parent })
  const act = (kind: 'edit' | 'move', objective: Objective | undefined) => (): void => {
    if (objective !== undefined) setDialog({ kind, objective })
  }
  const when = (): boolean => mayWrite && at !== undefined
  useKeys('Vision', [
    { keys: ['n'], label: 'New objective, below the line', when: () => mayWrite, run: add(here) },
    { keys: ['F2'], label: 'Change the objective', when, run: act('edit', at) },
    { keys: ['m'], label: 'Move the objective', when, run: act('move', at) },
    { keys: ['Escape'], label: 'Close', when: () => opened !== undefined, run: leave },
  ])
  return (
    <>
      <main
        aria-label="Vision"
        className={`flex min-h-0 min-w-0 flex-1 flex-col ${shown ? 'max-lg:hidden' : ''}`}
      >
        <header className="flex h-12 shrink-0 items-center gap-3 px-4">
          <h1 className="text-title font-semibold">Vision</h1>
          {mayWrite && (
            <Button look="filled" className="ml-auto" title="New objective (N)" onClick={add(null)}>
              <Plus className="size-4" /> New objective
            </Button>
          )}
        </header>
        <div className="shrink-0 border-b border-line px-2.5 pb-1.5">
          <Tabs
            label="Views of the vision"
            tabs={[
              { id: 'tree', name: 'Objectives' },
              { id: 'unaligned', name: 'Work without one' },
            ]}
            chosen={tab}
            change={(id) => show(id === 'unaligned' ? 'unaligned' : 'tree')}
          />
        </div>
        <div role="tabpanel" className="min-h-0 flex-1 overflow-auto" aria-label="Vision">
          {tab === 'unaligned' && project !== undefined && (
            <UnalignedTab project={project} objectives={list ?? []} />
          )}
          {tab === 'tree' && list === null && trouble === null && (
            <Waiting what="objectives" again={again}>
              <Skeleton lines={6} className="p-4" />
            </Waiting>
          )}
          {tab === 'tree' && list === null && trouble !== null && (
            <ErrorState said={trouble} again={again} />
          )}
          {tab === 'tree' && list !== null && (
            <VisionTree
              list={list}
              mayWrite={mayWrite}
              here={here}
              opened={opened}
              wish={wish}
              goTo={setHere}
              open={open}
            />
          )}
        </div>
      </main>
      {shown !== undefined && (
        <ObjectivePanel
          key={shown.id}
          objective={shown}
          mayWrite={mayWrite}
          edit={act('edit', shown)}
          move={act('move', shown)}
          addBelow={add(shown.id)}
          archive={async () => {
            await objectives.archive(shown)
            open(null)
          }}
          close={leave}
        />
      )}
      <VisionDialog dialog={dialog} objectives={objectives} close={close} made={goOn} />
    </>
  )
}

type VisionDialogProps = Readonly<{
  dialog: Dialog | null
  objectives: Objectives
  close(): void
  made(id: string): void
}>

const VisionDialog = ({ dialog, objectives, close, made }: VisionDialogProps) => {
  if (dialog === null) return null
  if (dialog.kind === 'move') {
    return <MoveObjective objectives={objectives} objective={dialog.objective} close={close} />
  }
  const isNew = dialog.kind === 'new'
  return (
    <ObjectiveForm
      objectives={objectives}
      before={isNew ? null : dialog.objective}
      parent={isNew ? dialog.parent : null}
      close={close}
      done={(id) => {
        close()
        made(id)
      }}
    />
  )
}
