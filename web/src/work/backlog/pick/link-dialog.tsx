import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { Card, Task } from '../../../../../src/work/contract.ts'
import { anything, shape } from '../../../live/api.ts'
import type { Hall } from '../../../live/hall.ts'
import { projectOf } from '../../../live/cards.ts'
import { useHall } from '../../../live/use-hall.ts'
import { IconButton } from '../../../ui/button.tsx'
import { troubleOf } from '../../../ui/form/deed.ts'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import { PickDialog } from './pick-dialog.tsx'
import { useFoundTasks } from './use-found-tasks.ts'
import { RELATIONS, type Relation, relationOf, tiePath } from './relations.ts'

type TaskLink = Task['links'][number]

const isTask = shape<Task>('key', 'links')

type LinkDialogProps = Readonly<{ card: Card; close(): void }>

/** Asks which other task a task is tied to, and how; shows the ties that it has. */
export const LinkDialog = ({ card, close }: LinkDialogProps) => {
  const hall = useHall()
  const [relation, setRelation] = useState<Relation>(RELATIONS[0])
  const [said, setSaid] = useState<string | null>(null)
  const project = projectOf(card.key)
  const { found, search, trouble } = useFoundTasks(card.key, (words) =>
    words === '' ? `q=status:open&project=${project}` : `q=${words}`,
  )
  const { links, read } = useLinks(hall, card.key, setSaid)
  const act = (change: () => Promise<unknown>): void => {
    setSaid(null)
    change().then(read, (thrown: unknown) => setSaid(troubleOf(thrown).said))
  }
  const tie = (other: string): void => {
    const [from, to] = relation.isIn ? [other, card.key] : [card.key, other]
    const input = { to, kind: relation.kind }
    act(() => hall.api.write(`/tasks/${from}/dependencies`, input, anything))
  }
  const untie = (link: TaskLink): void =>
    act(() => hall.api.change(['DELETE', tiePath(card.key, link)], null, anything))
  return (
    <PickDialog
      title={`Dependencies of ${card.key}`}
      placeholder="Find a task"
      options={found.map(({ key, title, category }) => ({
        value: key,
        name: title,
        about: key,
        mark: <StateGlyph category={category} />,
        isChosen: links.some((link) => link.key === key),
      }))}
      search={search}
      choose={tie}
      close={close}
    >
      <div className="grid gap-2 px-4 pt-3">
        <Ties links={links} untie={untie} />
        <label className="flex items-center gap-2 text-list">
          <span className="shrink-0">{card.key}</span>
          <select
            aria-label="How"
            value={relation.id}
            onChange={({ target }) => setRelation(relationOf(target.value))}
            className="h-8 min-w-0 flex-1 rounded-control border border-edge bg-surface px-2"
          >
            {RELATIONS.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <p role="alert" className="text-list text-bad empty:hidden">
          {said ?? trouble}
        </p>
      </div>
    </PickDialog>
  )
}

type TiesProps = Readonly<{ links: readonly TaskLink[]; untie(link: TaskLink): void }>

const Ties = ({ links, untie }: TiesProps) => {
  if (links.length === 0) return null
  return (
    <ul aria-label="Dependencies" className="max-h-40 overflow-y-auto">
      {links.map((link) => (
        <li
          key={`${link.key} ${link.kind} ${link.direction}`}
          className="flex min-h-8 items-center gap-2 text-list"
        >
          <StateGlyph category={link.category} />
          <span className="shrink-0 text-text-3">
            {RELATIONS.find(
              ({ kind, isIn }) => kind === link.kind && isIn === (link.direction === 'in'),
            )?.name ?? link.kind}
          </span>
          <Link
            to="/t/$key"
            params={{ key: link.key }}
            className="min-w-0 truncate hover:underline"
            dir="auto"
          >
            {link.key} {link.title}
          </Link>
          <IconButton
            label={`Take the tie to ${link.key} away`}
            className="ml-auto"
            onClick={() => untie(link)}
          >
            <X className="size-4" />
          </IconButton>
        </li>
      ))}
    </ul>
  )
}

type Say = (said: string | null) => void

const useLinks = ({ api }: Hall, key: string, say: Say) => {
  const [links, setLinks] = useState<readonly TaskLink[]>([])
  const read = useCallback((): void => {
    api.read(`/tasks/${key}`, isTask).then(
      (task) => setLinks(task.links),
      (thrown: unknown) => say(troubleOf(thrown).said),
    )
  }, [api, key, say])
  useEffect(read, [read])
  return { links, read }
}
