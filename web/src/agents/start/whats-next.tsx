import { Link, type LinkProps } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import type { Project } from '../../live/hall.ts'
import { type Me, mayHere } from '../../live/own/rights.ts'

type WhatsNextProps = Readonly<{ project: Project | null; me: Me }>

/** Shows where to go from here, once everything is set up. */
export const WhatsNext = ({ project, me }: WhatsNextProps) => (
  <nav aria-label="What is next">
    <ul className="divide-y divide-line rounded-card border border-line bg-surface">
      {project !== null && (
        <Next
          name={`Board of ${project.name}`}
          about="Watch who works on what, and take a task over when you want to."
          to="/p/$project/board"
          project={project.key}
        />
      )}
      <Next
        name="Inbox"
        about="What agents may do only with your word comes up here."
        to="/inbox"
      />
      {mayHere(me, 'catalogue:write') && (
        <Next
          name="Tools"
          about="Connect a server of tools once, for all agents and people, under your rules."
          to="/tools"
        />
      )}
      {mayHere(me, 'member:write') && (
        <Next
          name="Members"
          about="Invite people; each gets a link and a role."
          to="/settings/members"
        />
      )}
    </ul>
  </nav>
)

type NextProps = Readonly<{
  name: string
  about: string
  to: NonNullable<LinkProps['to']>
  project?: string
}>

const Next = ({ name, about, to, project = '' }: NextProps) => (
  <li>
    <Link
      to={to}
      params={{ project }}
      className="flex items-center gap-3 rounded-card px-4 py-2.5 hover:bg-hover"
    >
      <span className="min-w-0 flex-1">
        <span className="block truncate font-medium" dir="auto">
          {name}
        </span>
        <span className="block text-list text-text-2">{about}</span>
      </span>
      <ArrowRight className="size-4 shrink-0 text-text-3" aria-hidden="true" />
    </Link>
  </li>
)
