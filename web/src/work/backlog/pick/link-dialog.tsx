import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { Card, Task } from '../../../../../src/work/contract.ts'
import { anything, shape } from '../../../live/api.ts'
import type { Hall } from '../../../live/hall.ts'
import { useHall } from '../../../live/use-hall.ts'
import { IconButton } from '../../../ui/button.tsx'
import { troubleOf } from '../../../ui/form/deed.ts'
import { StateGlyph } from '../../../ui/state-glyph.tsx'
import { PickDialog } from './pick-dialog.tsx'
import { RELATIONS, type Relation, relationOf } from './relations.ts'

type Found = Readonly<{ items: readonly Pick<Card, 'key' | 'title' | 'category'>[] }>
type TaskLink = Task['links'][number]

const isFound = shape<Found>('items')
const isTask = shape<Task>('key', 'links')
const SEARCH_MS = 150
const FOUND_MAX = 20

type LinkDialogProps = Readonly<{ card: Card; close(): void }>

/** Asks which other task a task is tied to, and how; shows the ties that it has. */
export const LinkDialog = ({ card, close }: LinkDialogProps) => {
  const hall = useHall()
  const [relation, setRelation] = useState<Relation>(RELATIONS[0])
  const [said, setSaid] = useState<string | null>(null)
  const { found, search } = useFound(hall, card, setSaid)
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
  const untie = ({ key, kind, direction }: TaskLink): void => {
    const [from, to] = direction === 'in' ? [key, card.key] : [card.key, key]
    const path = `/tasks/${from}/dependencies/${to}?kind=${kind}`
    act(() => hall.api.change(['DELETE', path], null, anything))
  }
  return (
    <PickDialog
      title={`Dependencies of ${card.key}`}
      placeholder="Find a task"
      options={found
        .filter(({ key }) => key !== card.key)
        .map(({ key, title, category }) => ({
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
          {said}
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

const useFound = ({ api }: Hall, { key }: Card, say: Say) => {
  const [text, setText] = useState('')
  const [found, setFound] = useState<Found['items']>([])
  const project = key.slice(0, key.lastIndexOf('-'))
  useEffect(() => {
    let isLeft = false
    const words = text.trim()
    const q = words === '' ? `status:open&project=${project}` : encodeURIComponent(words)
    const path = `/tasks?q=${q}&limit=${FOUND_MAX}`
    const timer = setTimeout(() => {
      api.read(path, isFound).then(
        ({ items }) => !isLeft && setFound(items),
        (thrown: unknown) => !isLeft && say(troubleOf(thrown).said),
      )
    }, SEARCH_MS)
    return () => {
      isLeft = true
      clearTimeout(timer)
    }
  }, [api, project, text, say])
  return { found, search: setText }
}
