import { Link, type LinkProps } from '@tanstack/react-router'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { Panel, PanelList } from '../../ui/panel.tsx'
import { type Finding, useHealth } from './use-health.ts'

/** Shows how the hub is: what serves, and what somebody should look at. */
export const Health = () => {
  const { link } = useHall()
  // While the hub is away nothing can be said of it; the chip says since when.
  const isAway = useTopic('link', link) === 'offline'
  const findings = useHealth()
  return (
    <Panel title="Health">
      <PanelList label="Health">
        {isAway && (
          <Line finding={{ name: 'Connection', ok: false, says: 'The hub cannot be reached.' }} />
        )}
        {findings.map((finding) => (
          <Line key={finding.name} finding={finding} />
        ))}
      </PanelList>
    </Panel>
  )
}

const Line = ({ finding }: Readonly<{ finding: Finding }>) => {
  const { name, ok, says, to } = finding
  return (
    <li
      className="relative flex items-start gap-3 px-4 py-2 text-list"
      data-health={name.toLowerCase()}
      data-ok={ok}
    >
      {ok ? (
        <CircleCheck className="mt-px size-4 shrink-0 text-ok" role="img" aria-label="Well" />
      ) : (
        <TriangleAlert className="mt-px size-4 shrink-0 text-bad" role="img" aria-label="Look" />
      )}
      <span className="w-20 shrink-0 font-medium">{name}</span>
      <span className="min-w-0 flex-1 break-words text-text-2">
        <MaybeLink to={ok ? undefined : to}>{says}</MaybeLink>
      </span>
    </li>
  )
}

type MaybeLinkProps = Readonly<{ to: LinkProps['to']; children: ReactNode }>

const MaybeLink = ({ to, children }: MaybeLinkProps) =>
  to === undefined ? (
    children
  ) : (
    <Link to={to} data-line={to} className="rounded-control text-accent underline">
      {children}
    </Link>
  )
