import { Badge } from '../../ui/badge.tsx'
import { ErrorState } from '../../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../../ui/state/skeleton.tsx'
import { CopyButton } from '../../tools/tool/copy-button.tsx'
import { useNewsRead } from '../use-news-read.ts'
import { isPreview, type Preview } from '../views.ts'

/** Shows the context part of a brief, as an agent gets it. */
export const AgentTab = ({ at }: Readonly<{ at: string }>) => {
  const path = `/context/preview?at=${encodeURIComponent(at)}`
  const { data, trouble, again } = useNewsRead(path, isPreview, 'nodes')
  if (trouble !== null) return <ErrorState said={trouble} again={again} />
  if (data === null) {
    return (
      <Waiting what="what the agent will see" again={again}>
        <Skeleton lines={6} className="max-w-3xl p-4" />
      </Waiting>
    )
  }
  const { text, digest, tokens, tokensMax } = data
  const isFull = data.cut.length + data.left.length > 0
  return (
    <div className="grid max-w-3xl gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-list">
        <span className="tabular-nums">
          About {tokens.toLocaleString('en')} of {tokensMax.toLocaleString('en')} tokens
        </span>
        <Bar share={tokens / tokensMax} isFull={isFull} />
        <span className="text-text-3">
          Digest <span className="font-mono text-meta">@{digest}</span>
        </span>
        <span className="ml-auto">
          <CopyButton label="Copy" text={() => text} />
        </span>
      </div>
      {isFull && <Cut preview={data} />}
      <pre
        tabIndex={0}
        aria-label="What the agent will see"
        className="max-h-[60vh] overflow-auto rounded-card border border-line bg-surface p-3
          font-mono text-meta [overflow-wrap:anywhere] whitespace-pre-wrap"
      >
        {text}
      </pre>
      <p className="text-meta text-text-3">
        The context part of a brief. Tokens are estimated: four characters count as one. An agent
        that names the digest gets “unchanged” instead, and the task’s own lines.
      </p>
    </div>
  )
}

const Bar = ({ share, isFull }: Readonly<{ share: number; isFull: boolean }>) => (
  <span aria-hidden="true" className="h-1.5 w-24 overflow-hidden rounded-full bg-line">
    <span
      className={`block h-full rounded-full ${isFull ? 'bg-wait' : 'bg-accent'}`}
      style={{ width: `${Math.min(100, Math.round(share * 100))}%` }}
    />
  </span>
)

const Cut = ({ preview: { cut, left } }: Readonly<{ preview: Preview }>) => (
  <div
    role="note"
    className="grid gap-1 rounded-card border border-line bg-wait-soft p-3 text-list"
  >
    <p className="flex items-center gap-2 font-medium">
      <Badge hue="wait">Cut</Badge> Not everything has room in a brief.
    </p>
    {cut.length > 0 && (
      <p className="[overflow-wrap:anywhere]">
        Shortened: <span className="font-mono text-meta">{cut.join(', ')}</span>
      </p>
    )}
    {left.length > 0 && (
      <p className="[overflow-wrap:anywhere]">
        Left out: <span className="font-mono text-meta">{left.join(', ')}</span>
      </p>
    )}
  </div>
)
