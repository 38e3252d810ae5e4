/** A file that was picked or found, by its path in the folder it came from. */
export type PickedFile = Readonly<{ path: string; text: string }>

/** A backlog as the hub's imports take it. */
export type Source =
  | Readonly<{ kind: 'beads'; name: string; text: string }>
  | Readonly<{ kind: 'guildhall'; name: string; text: string }>
  | Readonly<{ kind: 'backlog-md'; name: string; files: readonly PickedFile[] }>

/** Says each kind of backlog in its own name. */
export const SOURCE_NAMES: Record<Source['kind'], string> = {
  beads: 'beads',
  guildhall: 'Guildhall export',
  'backlog-md': 'Backlog.md',
}

/** Tells whether a file can belong to a backlog at all: others are not even read. */
export const isWanted = (path: string): boolean =>
  /\.(md|ya?ml|jsonl)$/i.test(path) && !path.split('/').includes('node_modules')

/** Recognises the backlog in some files; `null` where there is none. */
export const sourceOf = (files: readonly PickedFile[]): Source | null => {
  const config = shortest(files.filter(({ path }) => /(^|\/)config\.ya?ml$/.test(path)))
  const folder = config?.path.replace(/[^/]*$/, '')
  if (folder !== undefined) {
    const inside = files
      .filter(({ path }) => path.startsWith(folder) && !path.endsWith('.jsonl'))
      .map(({ path, text }) => ({ path: path.slice(folder.length), text }))
    if (inside.some(({ path }) => path.endsWith('.md'))) {
      return { kind: 'backlog-md', name: folder.replace(/\/$/, '') || 'backlog', files: inside }
    }
  }
  const lines = files.filter(({ path }) => path.endsWith('.jsonl'))
  const file = lines.find(({ path }) => /(^|\/)issues\.jsonl$/.test(path)) ?? lines[0]
  if (file === undefined) return null
  const kind = /^\s*\{"k":"guildhall"/.test(file.text) ? 'guildhall' : 'beads'
  return { kind, name: file.path, text: file.text }
}

const shortest = (files: readonly PickedFile[]): PickedFile | undefined =>
  files.toSorted((a, b) => a.path.length - b.path.length)[0]

/** Gives the request that imports a backlog. */
export const requestOf = (
  source: Source,
  { project, name, dryRun }: Readonly<{ project: string; name: string; dryRun: boolean }>,
): readonly [path: string, input: object] => {
  if (source.kind === 'guildhall') {
    return ['/import/guildhall', { text: source.text, dryRun, merge: true }]
  }
  const choices = { project, dryRun, ...(name !== '' && { name }) }
  return source.kind === 'beads'
    ? ['/import/beads', { ...choices, text: source.text }]
    : ['/import/backlog-md', { ...choices, files: source.files }]
}
