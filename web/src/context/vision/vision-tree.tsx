import { useMemo, useState } from 'react'
import { EmptyState } from '../../ui/state/empty-state.tsx'
import type { Objective } from '../views.ts'
import { type FocusWish, ObjectiveTree } from './objective-tree.tsx'
import { treeRows } from './tree.ts'

type VisionTreeProps = Readonly<{
  list: readonly Objective[]
  mayWrite: boolean
  here: string | null
  opened: string | undefined
  wish: FocusWish
  goTo(id: string): void
  open(id: string): void
}>

const NONE: ReadonlySet<string> = new Set()

/** Shows the tree of objectives, or what would be there. */
export const VisionTree = ({ list, mayWrite, ...rest }: VisionTreeProps) => {
  const [closed, setClosed] = useState(NONE)
  const rows = useMemo(() => treeRows(list, closed), [list, closed])
  const fold = (id: string, isClosed: boolean): void => {
    const next = new Set(closed)
    if (isClosed) next.add(id)
    else next.delete(id)
    setClosed(next)
  }
  if (list.length === 0) {
    return (
      <EmptyState
        title="There are no objectives yet"
        about={
          mayWrite
            ? 'An objective is something worth reaching; work aligns with it and moves it on.'
            : 'Administrators write down what is worth reaching; work aligns with it.'
        }
        command="guildhall objective save --title 'Ship the first version' --places GH"
      />
    )
  }
  return <ObjectiveTree rows={rows} fold={fold} {...rest} />
}
