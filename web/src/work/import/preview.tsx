/** What an import would do, or did: of foreign backlogs everything is known, of ours the counts. */
export type Preview = Readonly<{
  dryRun: boolean
  project?: string
  projects?: readonly string[]
  /** Projects of an export of ours that are here already: they stay as they are. */
  skipped?: readonly string[]
  created?: number
  changed?: number
  unchanged?: number
  problems?: readonly Problem[]
  counts: Readonly<Record<string, unknown>>
  mapping?: readonly Readonly<{ field: string; from: string; to: string; count: number }>[]
}>

type Problem = Readonly<{
  level: 'error' | 'warning'
  line: number | null
  file: string | null
  externalId: string | null
  message: string
}>

/** Problems and lines of the mapping that are shown; the command line prints all. */
const SHOWN_MAX = 50

/** Shows what an import would do before it is done. */
export const PreviewPanel = ({ preview }: Readonly<{ preview: Preview }>) => {
  const { problems = [], mapping = [] } = preview
  const errors = problems.filter(({ level }) => level === 'error').length
  return (
    <div className="grid gap-3">
      <Projects {...preview} />
      <dl className="grid grid-cols-2 gap-x-6 gap-y-1 text-list sm:grid-cols-3">
        {figuresOf(preview).map(([name, value]) => (
          <div key={name} className="flex justify-between gap-3 border-b border-line py-1">
            <dt className="text-text-2">{name}</dt>
            <dd className="font-medium tabular-nums">{value.toLocaleString()}</dd>
          </div>
        ))}
      </dl>
      {problems.length > 0 && (
        <details open={errors > 0}>
          <summary className="cursor-pointer py-1 text-list">
            {errors > 0 ? `${errors} rows cannot be read` : `${problems.length} remarks`}
          </summary>
          <ul className="mt-1 grid max-h-60 gap-1 overflow-y-auto text-meta">
            {problems.slice(0, SHOWN_MAX).map((problem) => (
              <li key={keyOf(problem)} className={problem.level === 'error' ? 'text-bad' : ''}>
                <span className="text-text-3">{placeOf(problem)}</span> {problem.message}
              </li>
            ))}
            {problems.length > SHOWN_MAX && <li>and {problems.length - SHOWN_MAX} more</li>}
          </ul>
        </details>
      )}
      {mapping.length > 0 && (
        <details>
          <summary className="cursor-pointer py-1 text-list">How words are taken over</summary>
          <ul className="mt-1 grid max-h-60 gap-1 overflow-y-auto text-meta">
            {mapping.slice(0, SHOWN_MAX).map(({ field, from, to, count }) => (
              <li key={`${field} ${from}`}>
                <span className="text-text-3">{field}</span> {from} → {to}{' '}
                <span className="text-text-3">({count})</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

const Projects = ({ projects, skipped = [] }: Preview) => {
  if (projects === undefined) return null
  return (
    <div className="grid gap-0.5 text-list">
      <p>{projects.length > 0 ? `New: ${projects.join(', ')}.` : 'Nothing in it is new here.'}</p>
      {skipped.length > 0 && (
        <p className="text-text-2">Here already, and left as it is: {skipped.join(', ')}.</p>
      )}
    </div>
  )
}

const FIGURES = [
  ['open', 'Open'],
  ['ready', 'Ready'],
  ['parents', 'Subtasks'],
  ['comments', 'Comments'],
  ['skipped', 'Left out'],
] as const

const figuresOf = (preview: Preview): readonly (readonly [string, number])[] => {
  const { counts, created, changed, unchanged } = preview
  if (created === undefined) {
    return Object.entries(counts).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    )
  }
  // A first import changes nothing; only one that is repeated has more to tell.
  const again = [
    ['Changed', changed ?? 0],
    ['Unchanged', unchanged ?? 0],
  ] as const
  return [
    ['New', created],
    ...again.filter(([, value]) => value > 0),
    ...FIGURES.flatMap(([key, name]) => {
      const value = counts[key]
      return typeof value === 'number' ? [[name, value] as const] : []
    }),
  ]
}

const keyOf = ({ file, line, externalId, message }: Problem): string =>
  [file, line, externalId, message].join(' ')

const placeOf = ({ file, line, externalId }: Problem): string =>
  [file, line === null ? null : `line ${line}`, externalId].filter(Boolean).join(' ')
