import { Suspense, useEffect } from 'react'
import type { Card } from '../../../../src/work/contract.ts'
import type { Project } from '../../live/hall.ts'
import { useHall } from '../../live/use-hall.ts'
import { lazyPart } from '../../ui/load-part.ts'
import { LostDialog } from '../../ui/state/lost-dialog.tsx'
import type { BoardSearch } from './board-search.ts'
import { CreateTask } from './create-task.tsx'
import type { Change, ChoiceKind } from './edit/choices.ts'

// The board is the first thing that is seen; what asks something comes when it is asked for.
const picker = () => import('./edit/picker.tsx').then(({ Picker: part }) => part)
const Picker = lazyPart(picker)
const Peek = lazyPart(() => import('./edit/peek.tsx').then(({ Peek: part }) => part))
const ViewsDialog = lazyPart(() =>
  import('./head/views-dialog.tsx').then(({ ViewsDialog: part }) => part),
)

const AHEAD_MS = 1500

/** What is open over a board. */
export type Open =
  | Readonly<{ kind: 'pick'; what: ChoiceKind; cards: readonly Card[] }>
  | Readonly<{ kind: 'create'; column: string | undefined }>
  | Readonly<{ kind: 'peek'; card: Card }>
  | Readonly<{ kind: 'views' }>

type BoardDialogsProps = Readonly<{
  project: Project
  open: Open | null
  search: BoardSearch
  close(): void
  focusOn(id: string): void
  pick(what: ChoiceKind, cards: readonly Card[], change: Change): void
  show(search: BoardSearch): void
}>

/** Shows what is open over a board. */
export const BoardDialogs = (props: BoardDialogsProps) => {
  const { project, open, search, close, focusOn, pick, show } = props
  const hall = useHall()
  useEffect(() => {
    // Who knows the keys writes on at once: the list is at hand before it is asked for.
    const timer = setTimeout(() => void picker().catch(() => {}), AHEAD_MS)
    return () => clearTimeout(timer)
  }, [])
  if (open === null) return null
  return (
    <LostDialog close={close}>
      <Suspense fallback={null}>
        {open.kind === 'pick' && (
          <Picker
            kind={open.what}
            cards={open.cards}
            project={project}
            close={close}
            choose={(change) => pick(open.what, open.cards, change)}
          />
        )}
        {open.kind === 'peek' && <Peek card={open.card} close={close} />}
        {open.kind === 'views' && (
          <ViewsDialog project={project} search={search} close={close} show={show} />
        )}
        {open.kind === 'create' && (
          <CreateTask
            project={project}
            column={open.column}
            close={close}
            made={(key) => {
              close()
              const card = hall.store.cards.byKey(key)
              if (card) focusOn(card.id)
            }}
          />
        )}
      </Suspense>
    </LostDialog>
  )
}
