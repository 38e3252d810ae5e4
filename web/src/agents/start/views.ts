import { shape } from '../../live/api.ts'
import type { PickedFile } from '../../work/import/source.ts'

/** A repository on the machine of the hub. */
export type Place = Readonly<{ path: string; name: string; backlog: 'beads' | 'backlog-md' | null }>

/** What the hub found on its machine. */
export type Findings = Readonly<{
  programs: readonly Readonly<{ name: string; title: string; installed: boolean }>[]
  servers: readonly Readonly<{ name: string; program: string; kind: 'command' | 'address' }>[]
  repositories: readonly Place[]
  cut: boolean
}>

export const isFindings = shape<Findings>('programs', 'servers', 'repositories', 'cut')
export const isBacklog = shape<
  Readonly<{ source: 'beads' | 'backlog-md'; files: readonly PickedFile[] }>
>('source', 'files')
