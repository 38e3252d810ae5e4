import { Pencil, Trash2, Users } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { anything, shape } from '../../../live/api.ts'
import type { Project } from '../../../live/hall.ts'
import { useHall } from '../../../live/use-hall.ts'
import { useRead } from '../../../live/use-read.ts'
import { Button, IconButton } from '../../../ui/button.tsx'
import { Dialog } from '../../../ui/dialog.tsx'
import { type Deed, useDeed } from '../../../ui/form/deed.ts'
import { Field } from '../../../ui/form/field.tsx'
import { type BoardSearch, queryOf, searchOf } from '../board-search.ts'

/** A kept view as the hub lists it. */
type View = Readonly<{ id: number; name: string; query: string; shared: boolean; mine: boolean }>
type Views = Readonly<{ items: readonly View[] }>

const isViews = shape<Views>('items')

type ViewsDialogProps = Readonly<{
  project: Project
  search: BoardSearch
  close(): void
  show(search: BoardSearch): void
}>

/** Shows the kept views of a board: to choose, to keep the present one, to rename and delete. */
export const ViewsDialog = ({ project, search, close, show }: ViewsDialogProps) => {
  const hall = useHall()
  const path = `/projects/${project.key}/views`
  const { data, trouble, again } = useRead(path, isViews)
  const deed = useDeed()
  const maySave = hall.may('comment:write', project.key)
  const act = (change: () => Promise<unknown>): void =>
    deed.run(async () => {
      await change()
      again()
    })
  const choose = (view: View): void => {
    close()
    show(searchOf(view.query))
  }
  return (
    <Dialog title={`Views of ${project.name}`} close={close} wide>
      <div className="grid gap-3 p-3">
        <ul aria-label="Views" className="grid gap-0.5">
          {data?.items.map((view) => (
            <ViewLine
              key={view.id}
              view={view}
              isNow={view.query === queryOf(search)}
              mayChange={view.mine || hall.may('board:write', project.key)}
              choose={() => choose(view)}
              rename={(name) => act(() => hall.api.write(path, { id: view.id, name }, anything))}
              remove={() =>
                act(() => hall.api.change(['DELETE', `${path}/${view.id}`], null, anything))
              }
            />
          ))}
        </ul>
        {data?.items.length === 0 && (
          <p className="px-1 text-list text-text-2">
            No views yet. A view keeps the filter, the lanes and the order under a name.
          </p>
        )}
        {maySave && (
          <KeepForm
            deed={deed}
            mayShare={hall.may('board:write', project.key)}
            keep={(name, shared) =>
              act(() => hall.api.write(path, { name, shared, query: queryOf(search) }, anything))
            }
          />
        )}
        <p role="alert" className="text-list text-bad empty:hidden">
          {trouble ?? deed.trouble?.said}
        </p>
      </div>
    </Dialog>
  )
}

type ViewLineProps = Readonly<{
  view: View
  isNow: boolean
  mayChange: boolean
  choose(): void
  rename(name: string): void
  remove(): void
}>

const ViewLine = ({ view, isNow, mayChange, choose, rename, remove }: ViewLineProps) => {
  const [name, setName] = useState<string | null>(null)
  if (name !== null) {
    const submit = (event: SubmitEvent): void => {
      event.preventDefault()
      setName(null)
      rename(name)
    }
    return (
      <li>
        <form onSubmit={submit} className="flex items-end gap-2">
          <div className="flex-1">
            <Field label="New name" value={name} change={setName} required maxLength={60} first />
          </div>
          <Button type="submit">Rename</Button>
        </form>
      </li>
    )
  }
  return (
    <li className="flex items-center gap-1">
      <button
        type="button"
        onClick={choose}
        aria-current={isNow}
        className="flex h-9 min-w-0 flex-1 items-center gap-2 rounded-control px-2.5 text-left
          hover:bg-hover aria-[current=true]:font-medium aria-[current=true]:text-accent"
      >
        <span className="truncate" dir="auto">
          {view.name}
        </span>
        {view.shared && (
          <span className="inline-flex items-center gap-1 text-meta font-normal text-text-3">
            <Users className="size-3.5" aria-hidden="true" /> shared
          </span>
        )}
      </button>
      {mayChange && (
        <>
          <IconButton label={`Rename ${view.name}`} onClick={() => setName(view.name)}>
            <Pencil className="size-4" />
          </IconButton>
          <IconButton label={`Delete ${view.name}`} onClick={remove}>
            <Trash2 className="size-4" />
          </IconButton>
        </>
      )}
    </li>
  )
}

type KeepFormProps = Readonly<{
  deed: Deed
  mayShare: boolean
  keep(name: string, shared: boolean): void
}>

const KeepForm = ({ deed, mayShare, keep }: KeepFormProps) => {
  const [name, setName] = useState('')
  const [isShared, setShared] = useState(false)
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    keep(name, isShared)
    setName('')
  }
  return (
    <form onSubmit={submit} className="grid gap-2 border-t border-line pt-3">
      <div className="flex items-end gap-2">
        <div className="flex-1">
          <Field
            label="Keep what is shown now as"
            value={name}
            change={setName}
            required
            maxLength={60}
            first
          />
        </div>
        <Button type="submit" look="filled" disabled={deed.isBusy || name.trim() === ''}>
          Keep
        </Button>
      </div>
      {mayShare && (
        <label className="flex min-h-7 items-center gap-2 text-list">
          <input
            type="checkbox"
            checked={isShared}
            onChange={({ target }) => setShared(target.checked)}
            className="size-4 accent-accent"
          />
          For everybody in the project
        </label>
      )}
    </form>
  )
}
