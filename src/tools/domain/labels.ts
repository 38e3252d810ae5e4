import type { PolicyRules, ToolEffect } from './policy-rules.ts'

// What a run or a task has touched. Labels are given by rules and never by looking at content: the
// same calls give the same labels, and nothing that a text says takes one away.

/** Labels that somebody who works can gather, weakest first. */
export const LABELS = ['private', 'sensitive', 'untrusted'] as const
/** A label of a run or task. */
export type Label = (typeof LABELS)[number]

/**
 * Milliseconds for which whoever has read something carries its labels from task to task. A task
 * keeps its own for as long as it is there.
 */
export const LABEL_KEPT_MS = 24 * 3_600_000

/** What a tool gives to read, weakest first. */
export const TOOL_READS = ['public', 'private', 'sensitive'] as const
/** Where what a tool is given goes to, nearest first. */
export const TOOL_EGRESS = ['none', 'internal', 'external'] as const

/** What is known of a tool. */
export type ToolLabels = Readonly<{
  reads: (typeof TOOL_READS)[number]
  /** Its answers may hold words of strangers. */
  untrusted: boolean
  egress: (typeof TOOL_EGRESS)[number]
  effect: ToolEffect
}>

/** What a definition says of itself, in the words of the protocol. */
export type ToolHints = Readonly<{
  readOnlyHint?: boolean | undefined
  destructiveHint?: boolean | undefined
  openWorldHint?: boolean | undefined
}>

/** What is taken for true of a tool of which nobody has said anything. */
const CAUTIOUS: ToolLabels = {
  reads: 'private',
  untrusted: true,
  egress: 'external',
  effect: 'write',
}

/**
 * Tells what is known of a tool: by its rules, then by its own hints. Hints that make it look
 * harmless count only where somebody who may has confirmed them.
 */
export const labelsOfTool = (
  rules: PolicyRules,
  hints: ToolHints,
  confirmed: boolean,
): ToolLabels => {
  const own = confirmed ? believed(hints) : doubted(hints)
  return {
    reads: rules.reads ?? own.reads,
    untrusted: rules.untrusted ?? own.untrusted,
    egress: rules.egress ?? own.egress,
    effect: rules.effect ?? own.effect,
  }
}

const doubted = ({ destructiveHint }: ToolHints): ToolLabels =>
  destructiveHint === true ? { ...CAUTIOUS, effect: 'destroy' } : CAUTIOUS

const believed = ({ readOnlyHint, destructiveHint, openWorldHint }: ToolHints): ToolLabels => {
  const closed = openWorldHint === false
  const effect = destructiveHint === true ? 'destroy' : 'write'
  return {
    reads: CAUTIOUS.reads,
    untrusted: !closed,
    egress: closed ? 'internal' : 'external',
    effect: readOnlyHint === true ? 'read' : effect,
  }
}

/**
 * Tells which labels a finished call adds. `heard` is whether anything that the server said has
 * reached the caller: an answer, an error of the tool, a message on the way.
 */
export const labelsOfCall = (tool: ToolLabels, heard: boolean): readonly Label[] => {
  if (!heard) return []
  const labels: Label[] = []
  if (tool.reads !== 'public') labels.push('private')
  if (tool.reads === 'sensitive') labels.push('sensitive')
  if (tool.untrusted) labels.push('untrusted')
  return labels
}

/** Gives those of some labels that are new to a subject, in their order: none, nothing to save. */
export const newLabels = (held: ReadonlySet<string>, added: readonly Label[]): readonly Label[] =>
  LABELS.filter((label) => added.includes(label) && !held.has(label))
