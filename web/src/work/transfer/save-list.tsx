import type { Card } from '../../../../src/work/contract.ts'
import { Button } from '../../ui/button.tsx'
import { loadPart } from '../../ui/load-part.ts'
import type { FileKind } from './card-file.ts'

type SaveListProps = Readonly<{
  /** Begins the name of the file. */
  name: string
  /** Gives what is shown, in its order. */
  cards(): readonly Card[]
  saved(): void
}>

/** Saves the tasks that are shown as a file. */
export const SaveList = ({ name, cards, saved }: SaveListProps) => {
  const save = (kind: FileKind) => (): void => {
    const day = new Date().toISOString().slice(0, 10)
    loadPart(() => import('./card-file.ts'))
      .then(({ saveCardFile }) => saveCardFile(`${name}-${day}`, kind, cards()))
      .catch(() => {})
    saved()
  }
  return (
    <div>
      <p className="text-list font-medium">Save what is shown</p>
      <div className="mt-1 flex gap-2">
        <Button onClick={save('csv')}>CSV</Button>
        <Button onClick={save('json')}>JSON</Button>
      </div>
    </div>
  )
}
