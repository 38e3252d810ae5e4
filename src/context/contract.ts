import { z } from 'zod'
import { event } from '../kernel/event.ts'
import type { HintFacts, Hints } from './domain/hints.ts'
import { TIERS } from './domain/node.ts'
import { OBJECTIVE_WEIGHT_MAX } from './domain/objective.ts'

/** A tier of context, outermost first. */
export const TierName = z.enum(TIERS)

/** A place as people write it: `global`, `GH`, `GH/main`, `GH-12`. */
export const At = z
  .string()
  .max(120)
  .regex(/^(global|[A-Z][A-Z0-9]{1,9}(-[1-9][0-9]{0,8}|\/[^\s/][^\n]{0,99})?)$/, {
    error: 'is a place such as global, GH, GH/main or GH-12',
  })

/** Keys joined by dots; an empty path is the whole node. */
export const Path = z.string().max(512)

/** A short key of a proposal: `D-3`. */
export const DelegationKey = z
  .string()
  .regex(/^D-[1-9][0-9]{0,8}$/, { error: 'is a proposal such as D-3' })

/** A short key of an objective: `O-3`. */
export const ObjectiveKey = z
  .string()
  .regex(/^O-[1-9][0-9]{0,8}$/, { error: 'is an objective such as O-3' })

/** One write that a value comes from; `by` is a handle, `null` where nobody is known. */
export const OriginView = z.object({
  tier: TierName,
  from: z.string(),
  version: z.int(),
  by: z.string().nullable(),
})

/** Where a leaf comes from, and which writes of outer tiers it hides, nearest first. */
export const ProvenanceView = OriginView.extend({ overrides: z.array(OriginView) })

/** The effective context of a place, and what the place itself says. */
export const ContextView = z.object({
  at: z.string(),
  tier: TierName,
  title: z.string(),
  /** Version of the place's own node; 0 before its first write. */
  version: z.int(),
  own: z.record(z.string(), z.unknown()),
  value: z.record(z.string(), z.unknown()),
  provenance: z.record(z.string(), ProvenanceView),
  removed: z.record(z.string(), ProvenanceView),
  /** Locked paths and the place that locked each. */
  locks: z.record(z.string(), z.string()),
  /** What tiers say without effect. */
  ignored: z.array(
    z.object({
      at: z.string(),
      path: z.string(),
      why: z.enum(['locked', 'not_a_list']),
      lockedBy: z.string().optional(),
    }),
  ),
  bytes: z.int(),
  /** First hex digits of the hash over global, project and branch tier. */
  digest: z.string(),
  /** The same as agents read it. */
  text: z.string(),
})

/** What became of a write; `changed` lists leaf paths and is empty when nothing was new. */
export const WrittenView = z.object({
  at: z.string(),
  version: z.int(),
  changed: z.array(z.string()),
})

/** One tier of a place: what it says itself, and whether the reader may change that. */
export const TierView = z.object({
  tier: TierName,
  at: z.string(),
  title: z.string(),
  /** 0 before the first write. */
  version: z.int(),
  data: z.record(z.string(), z.unknown()),
  writable: z.boolean(),
  /** Tells whether the reader decides on proposals to it. */
  decides: z.boolean(),
})

/** The context part of a brief, and what it had no room for. */
export const PreviewView = z.object({
  at: z.string(),
  digest: z.string(),
  text: z.string(),
  /** Estimates: no tokenizer runs here, a token is counted as four characters. */
  tokens: z.int(),
  tokensMax: z.int(),
  /** Keys whose values were cut, and keys that were left out; the first hundred of each. */
  cut: z.array(z.string()),
  left: z.array(z.string()),
})

/** One version of a node: who wrote it, when, and which leaves it changed. */
export const VersionLine = z.object({
  version: z.int(),
  writtenAt: z.string(),
  by: z.string().nullable(),
  /** The first leaf paths that it changed. */
  changed: z.array(z.string()),
  changes: z.int(),
  /** What it said was erased. */
  erased: z.boolean(),
})

/** What a node said in one of its versions; not whole where parts of it are gone. */
export const VersionView = z.object({
  at: z.string(),
  version: z.int(),
  data: z.record(z.string(), z.unknown()),
  whole: z.boolean(),
})

/** Where a proposal stands. */
export const DelegationStateName = z.enum(['pending', 'accepted', 'edited', 'rejected', 'expired'])

/** A proposal from below to change an outer tier. */
export const DelegationView = z.object({
  id: DelegationKey,
  state: DelegationStateName,
  from: z.string(),
  to: z.string(),
  path: z.string(),
  data: z.unknown(),
  reason: z.string(),
  count: z.int(),
  openedBy: z.string().nullable(),
  openedAt: z.string(),
  expiresAt: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  note: z.string().nullable(),
  /** Set while it is pending and the target has changed at its path since. */
  conflict: z
    .object({
      version: z.int(),
      before: z.unknown(),
      now: z.unknown(),
      proposed: z.unknown(),
    })
    .nullable(),
  version: z.int(),
})

/** A number that shows how far an objective has come. */
export const MetricShape = z.strictObject({
  unit: z.string().trim().min(1).max(40),
  start: z.number(),
  target: z.number(),
  current: z.number(),
})

/** A weight of an objective among its siblings. */
export const Weight = z.number().gt(0).max(OBJECTIVE_WEIGHT_MAX)

/** Something worth reaching, with its progress in whole per cent. */
export const ObjectiveView = z.object({
  id: ObjectiveKey,
  parent: ObjectiveKey.nullable(),
  title: z.string(),
  weight: z.number(),
  metric: MetricShape.nullable(),
  due: z.string().nullable(),
  owner: z.string().nullable(),
  /** Projects and branches that align with it. */
  places: z.array(z.string()),
  progress: z.int().min(0).max(100),
  archived: z.boolean(),
  version: z.int(),
})

/** A task, and what it aligns with: by itself, an ancestor, its branch or its project. */
export const AlignedView = z.object({
  key: z.string(),
  title: z.string(),
  state: z.enum(['open', 'completed', 'canceled']),
  progress: z.int(),
  by: z.enum(['task', 'ancestor', 'branch', 'project']).nullable(),
})

const id = z.uuid()
/** Streams filter by it; `null`: the organisation as a whole. */
const projectId = id.nullable()

/** A node has a new version. */
export const NodeWritten = event(
  'context.node_written',
  'nodeId',
  z.object({
    nodeId: id,
    tier: TierName,
    /** Id of the project, branch or task; of the organisation for the global tier. */
    atId: id,
    at: z.string(),
    projectId,
    version: z.int(),
  }),
  // `set` holds the new values by leaf path, `gone` the paths that the node no longer holds.
  { content: z.object({ set: z.record(z.string(), z.unknown()), gone: z.array(z.string()) }) },
)

/** A proposal was made, or an equal one counted up. */
export const DelegationOpened = event(
  'context.delegation_opened',
  'delegationId',
  z.object({
    delegationId: id,
    key: DelegationKey,
    from: z.string(),
    to: z.string(),
    tier: TierName,
    projectId,
    count: z.int(),
    version: z.int(),
  }),
  {
    content: z.object({
      path: z.string(),
      data: z.unknown().optional(),
      reason: z.string().optional(),
    }),
  },
)

/** A proposal was accepted, edited or rejected, or has expired. */
export const DelegationDecided = event(
  'context.delegation_decided',
  'delegationId',
  z.object({
    delegationId: id,
    key: DelegationKey,
    projectId,
    state: DelegationStateName,
    decidedBy: id.nullable(),
    version: z.int(),
  }),
  { content: z.object({ data: z.unknown().optional(), note: z.string().optional() }) },
)

/** An objective was created, changed or archived. Fractions are texts: the ledger has no floats. */
export const ObjectiveSaved = event(
  'context.objective_saved',
  'objectiveId',
  z.object({
    objectiveId: id,
    key: ObjectiveKey,
    projectId,
    parent: ObjectiveKey.nullable(),
    due: z.int().nullable(),
    ownerId: id.nullable(),
    archived: z.boolean(),
    version: z.int(),
  }),
  {
    content: z.object({
      title: z.string(),
      weight: z.string(),
      metric: z.record(z.string(), z.string()).nullable(),
      places: z.array(z.string()),
    }),
  },
)

/** An objective as other rooms name it. */
export type ObjectiveName = Readonly<{ id: string; key: string; title: string }>

/** What other rooms may ask this one; bound to one organisation and one transaction. */
export type ContextApi = Readonly<{
  /**
   * Gives the effective context of a place as agents read it; its short form where the reader
   * already has it (`have`, a digest). `taskIds` run from the outermost ancestor to the task.
   */
  brief(
    place: Readonly<{ projectId: string; branchId: string; taskIds: readonly string[] }>,
    have: string | null,
  ): Promise<string>
  /** Says at most two hints that `told` does not name yet. Pure: it looks at the facts alone. */
  hints(facts: HintFacts, told: readonly string[], mode?: Readonly<{ concise: boolean }>): Hints
  /**
   * Finds what a task aligns with: its own objective, its nearest ancestor's, its branch's or its
   * project's. `own` holds the objective ids set on the task and its ancestors, the task first.
   */
  objectiveOf(
    place: Readonly<{ projectId: string; branchId: string; own: readonly (string | null)[] }>,
  ): Promise<ObjectiveName | null>
  /** Finds a live objective by its short key; refuses an unknown one. */
  objective(key: string): Promise<ObjectiveName>
}>
