import { type ChangeEvent, useId, useState } from 'react'
import { whyOf } from '../../live/own/why-of.ts'
import { isWanted, type Source, sourceOf } from './source.ts'

/** Files that are read at most; what the hub takes at once is smaller still. */
const FILES_MAX = 20_000
const BYTES_MAX = 60_000_000

/** Lets a person pick a file or a folder, and gives the backlog in it. */
export const PickFiles = ({ picked }: Readonly<{ picked(source: Source): void }>) => {
  const [said, setSaid] = useState<string | null>(null)
  const pick = (event: ChangeEvent<HTMLInputElement>): void => {
    const files = [...(event.target.files ?? [])]
    // The same folder may be picked again after it was mended.
    event.target.value = ''
    if (files.length === 0) return
    setSaid('Reading …')
    readAll(files).then(
      (source) => {
        setSaid(source === null ? NONE : null)
        if (source !== null) picked(source)
      },
      (thrown: unknown) => setSaid(whyOf(thrown)),
    )
  }
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap gap-2">
        <FileButton label="Choose a file …" pick={pick} />
        <FileButton label="Choose a folder …" pick={pick} isFolder />
      </div>
      <p className="text-meta text-text-3">
        beads: its JSONL file. Backlog.md: the folder with config.yml. Or an export of Guildhall.
      </p>
      <p role="status" className="text-list text-text-2 empty:hidden">
        {said}
      </p>
    </div>
  )
}

const NONE = 'There is no backlog in it: no JSONL file, and no folder with config.yml and tasks.'

const readAll = async (files: readonly File[]): Promise<Source | null> => {
  const wanted = files.filter((file) => isWanted(pathOf(file)))
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0)
  if (wanted.length > FILES_MAX || bytes > BYTES_MAX) {
    throw new Error('That is more than fits at once. Choose the folder of the backlog itself.')
  }
  const read = async (file: File) => ({ path: pathOf(file), text: await file.text() })
  return sourceOf(await Promise.all(wanted.map(read)))
}

const pathOf = (file: File): string => file.webkitRelativePath || file.name

type FileButtonProps = Readonly<{
  label: string
  pick(event: ChangeEvent<HTMLInputElement>): void
  isFolder?: boolean
}>

const FileButton = ({ label, pick, isFolder = false }: FileButtonProps) => {
  const id = useId()
  return (
    <span className="relative inline-flex">
      <input
        id={id}
        type="file"
        multiple
        // The library does not know the attribute by which browsers let one choose a folder.
        ref={(input) => {
          if (isFolder) input?.setAttribute('webkitdirectory', '')
        }}
        onChange={pick}
        className="peer absolute inset-0 size-full cursor-pointer opacity-0"
      />
      <label
        htmlFor={id}
        className="inline-flex h-8 cursor-pointer items-center rounded-control border border-edge
          bg-surface px-3 text-list font-medium peer-hover:bg-hover peer-focus-visible:outline-2
          peer-focus-visible:outline-offset-2 peer-focus-visible:outline-accent"
      >
        {label}
      </label>
    </span>
  )
}
