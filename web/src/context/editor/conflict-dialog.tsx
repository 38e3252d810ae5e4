import { Person } from '../../ui/avatar.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Moment } from '../../ui/moment.tsx'
import type { Version } from '../views.ts'
import { valueAt } from '../node/paths.ts'
import type { Writes } from './use-writes.ts'
import { Whole } from '../key/whole.tsx'

/** Shows who was faster and what they wrote, and asks what is to become of one's own change. */
export const ConflictDialog = ({ writes }: Readonly<{ writes: Writes }>) => {
  const { conflict, leave, writeOver } = writes
  if (conflict === null) return null
  const { change, theirs, since } = conflict
  const { path } = change
  const again = (): void => {
    writeOver(conflict).catch(() => {})
  }
  return (
    <Dialog title={`${theirs.at} has changed meanwhile`} close={leave} wide>
      <div className="grid gap-3 p-4">
        <ul aria-label="Written meanwhile" className="grid gap-1.5 text-list">
          {since.map((version) => (
            <Since key={version.version} version={version} />
          ))}
        </ul>
        {path !== undefined && (
          <div className="grid gap-3 sm:grid-cols-2">
            <Side title="Theirs" value={valueAt(theirs.data, path)} />
            <Side title="Yours" value={valueAt(change.next(theirs.data), path)} />
          </div>
        )}
        <p className="text-list text-text-2">
          {path === undefined
            ? 'Yours is laid over theirs: what you did not touch stays as they wrote it.'
            : 'Other keys stay as they wrote them.'}
        </p>
        <div className="flex flex-wrap gap-2">
          <Button look="filled" data-first="true" onClick={again}>
            Write mine over it
          </Button>
          <Button onClick={leave}>Leave theirs</Button>
        </div>
      </div>
    </Dialog>
  )
}

const Since = ({ version }: Readonly<{ version: Version }>) => (
  <li className="flex flex-wrap items-center gap-x-2">
    <span className="text-text-3">v{version.version}</span>
    {version.by === null ? 'Somebody who is gone' : <Person handle={version.by} />}
    <span className="text-text-3">
      <Moment at={version.writtenAt} />
    </span>
    <span className="font-mono text-meta [overflow-wrap:anywhere]">
      {version.changed.join(', ')}
      {version.changes > version.changed.length && ', …'}
    </span>
  </li>
)

const Side = ({ title, value }: Readonly<{ title: string; value: unknown }>) => (
  <section aria-label={title}>
    <h3 className="mb-1 text-list font-semibold">{title}</h3>
    {value === undefined ? (
      <p className="text-list text-text-3">Says nothing</p>
    ) : (
      <Whole value={value} />
    )}
  </section>
)
