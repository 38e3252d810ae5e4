import type {
  AlignedView,
  ContextView,
  ObjectiveView,
  PreviewView,
  TierView,
  VersionLine,
  VersionView,
  WrittenView,
} from '../../../src/context/contract.ts'
import { shape } from '../live/api.ts'
import type { Proposal } from '../live/inbox.ts'

/** What all tiers of a place say together. */
export type Context = (typeof ContextView)['_output']
/** What one tier of a place says. */
export type Tier = (typeof TierView)['_output']
/** What an agent gets of a context. */
export type Preview = (typeof PreviewView)['_output']
/** One version of what a place says, as the list shows it. */
export type Version = (typeof VersionLine)['_output']
/** What a place said in one of its versions. */
export type Told = (typeof VersionView)['_output']
/** Something worth reaching. */
export type Objective = (typeof ObjectiveView)['_output']
/** A task and what it aligns with. */
export type AlignedTask = (typeof AlignedView)['_output']
/** What became of a write. */
export type Written = (typeof WrittenView)['_output']

type Page<T> = Readonly<{ items: readonly T[]; total: number; next: string | null }>

export const isContext = shape<Context>('at', 'value', 'provenance', 'removed', 'locks', 'ignored')
export const isTiers = shape<Readonly<{ at: string; items: readonly Tier[] }>>('at', 'items')
export const isPreview = shape<Preview>('text', 'tokens', 'tokensMax', 'cut', 'left')
export const isVersions = shape<Page<Version>>('items', 'next')
export const isTold = shape<Told>('version', 'data', 'whole')
export const isProposals = shape<Page<Proposal>>('items', 'next')
export const isObjectives = shape<Page<Objective>>('items', 'next')
export const isAligned = shape<Page<AlignedTask>>('items', 'total')
export const isWritten = shape<Written>('version', 'changed')

/** Says a tier as people call it. */
export const TIER_NAMES: Record<Tier['tier'], string> = {
  global: 'Global',
  project: 'Project',
  branch: 'Branch',
  task: 'Task',
}

/** Says which place a tier is about: the organisation by its name, everything else by its key. */
export const placeOf = ({ tier, at, title }: Tier): string => (tier === 'global' ? title : at)

/** Makes the choice of a tier, for a list to choose from. */
export const tierOption = (tier: Tier): Readonly<{ value: string; name: string }> => ({
  value: tier.at,
  name: `${TIER_NAMES[tier.tier]}: ${placeOf(tier)}`,
})
