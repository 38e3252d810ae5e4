import { Checks } from './checks.tsx'

type Named = Readonly<{ key: string; name: string }>

/** Gives projects as a choice. */
export const projectOptions = (projects: readonly Named[]) =>
  projects.map(({ key, name }) => ({ value: key, name: `${name} (${key})` }))

type ProjectChecksProps = Readonly<{
  label: string
  projects: readonly Named[]
  chosen: readonly string[]
  change(chosen: readonly string[]): void
}>

/** Shows projects to tick, as many as wanted; nothing where there are none. */
export const ProjectChecks = ({ projects, ...rest }: ProjectChecksProps) =>
  projects.length > 0 && <Checks {...rest} options={projectOptions(projects)} />
