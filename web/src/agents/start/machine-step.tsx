import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { Form } from '../../ui/form/form.tsx'
import { type Findings, isFindings, type Place } from './views.ts'

type MachineStepProps = Readonly<{
  skip(): void
  /** A repository whose backlog is to be imported. */
  chosen(place: Place): void
  /** Hears which agent programs are installed, by their names. */
  found(programs: readonly string[]): void
}>

/** Asks whether the hub may look around on its machine, and shows what it found. */
export const MachineStep = ({ skip, chosen, found: heard }: MachineStepProps) => {
  const { api } = useHall()
  const deed = useDeed()
  const [found, setFound] = useState<Findings | null>(null)
  if (found !== null) return <Found found={found} go={skip} chosen={chosen} />
  const look = async (): Promise<void> => {
    const seen = await api.write('/machine/look', {}, isFindings)
    setFound(seen)
    heard(seen.programs.flatMap(({ name, installed }) => (installed ? [name] : [])))
  }
  return (
    <Form
      deed={deed}
      act={look}
      button={deed.isBusy ? 'Looking …' : 'Look around'}
      aside={
        <Button type="button" look="quiet" onClick={skip}>
          Not now
        </Button>
      }
    >
      <p className="text-list text-text-2">
        The hub looks for agent programs, for the tools that they know, and for repositories three
        folders deep in its home folder. It takes names only, keeps nothing, and sends nothing
        anywhere.
      </p>
    </Form>
  )
}

type FoundProps = Readonly<{ found: Findings; go(): void; chosen(place: Place): void }>

const Found = ({ found, go, chosen }: FoundProps) => {
  const { programs, servers, repositories, cut } = found
  const installed = programs.filter(({ installed: is }) => is)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Part
        title="Agent programs"
        none="None of those we know is installed."
        count={installed.length}
      >
        <p className="flex flex-wrap gap-1.5">
          {installed.map(({ name, title }) => (
            <Badge key={name}>{title}</Badge>
          ))}
        </p>
      </Part>
      <Part title="Tools that they know" none="None." count={servers.length}>
        <p className="flex flex-wrap gap-1.5">
          {servers.map(({ name, program }) => (
            <Badge key={`${program} ${name}`}>{name}</Badge>
          ))}
        </p>
        <p className="mt-1.5 text-meta text-text-3">
          Connected once{' '}
          <Link to="/tools" className="text-accent underline">
            in the hall
          </Link>
          , they serve all agents and people under one set of rules.
        </p>
      </Part>
      <Part title="Repositories" none="None." count={repositories.length}>
        <ul className="max-h-72 divide-y divide-line overflow-y-auto">
          {repositories.map((place) => (
            <li key={place.path} className="flex min-h-9 items-center gap-3 py-1 text-list">
              <span className="min-w-0 flex-1" title={place.path}>
                <span className="block truncate" dir="auto">
                  {place.name}
                </span>
                <span className="block truncate text-meta text-text-3" dir="auto">
                  {place.path}
                </span>
              </span>
              {place.backlog !== null && (
                <Button onClick={() => chosen(place)}>Import its backlog</Button>
              )}
            </li>
          ))}
        </ul>
      </Part>
      {cut && <p className="text-meta text-text-3">There is more than one look takes in.</p>}
      <div>
        <Button look="filled" onClick={go}>
          Go on
        </Button>
      </div>
    </div>
  )
}

type PartProps = Readonly<{
  title: string
  none: string
  count: number
  children: ReactNode
}>

const Part = ({ title, none, count, children }: PartProps) => (
  <section>
    <h3 className="mb-1.5 text-list font-medium">{title}</h3>
    {count === 0 ? <p className="text-list text-text-3">{none}</p> : children}
  </section>
)
