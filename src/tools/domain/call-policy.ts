import type { ActorKind } from '../../kernel/actor.ts'
import type { ToolLabels } from './labels.ts'
import type { PolicyRules } from './policy-rules.ts'

// Whether a call may go, as a table whose strictest rows stand first: the first row that fits
// decides. So a refusal wins over everything, and what makes a call riskier never makes its way
// easier.

/** What is decided about a call; `rule` is the row that decided, `why` is told to people. */
export type CallDecision =
  | Readonly<{ kind: 'allow'; rule: string }>
  | Readonly<{ kind: 'ask'; risk: 'normal' | 'high'; needs: 1 | 2; rule: string; why: string }>
  | Readonly<{ kind: 'deny'; rule: string; why: string }>

/** What a decision about a call is made of. */
export type CallFacts = Readonly<{
  /** The tool's rules and its server's, joined. */
  rules: PolicyRules
  tool: ToolLabels
  /** What the run or task has touched so far. */
  labels: ReadonlySet<string>
  actor: Readonly<{
    kind: ActorKind
    /** The actor, and whoever it acts for: each of them has to be a holder. */
    ids: readonly string[]
    /** Has signed in with a browser: keys of people are in the hands of programs, too. */
    atPage: boolean
  }>
  projectId: string | null
  /** Works under a claim on a task of that project. */
  ownTask: boolean
}>

type Say = 'deny' | 'ask high' | 'ask'
type Row = Readonly<{
  rule: string
  say: Say
  why: string
  fits: (facts: CallFacts) => boolean
}>

// What is asked for want of a rule, a rule may lift; nothing else.
const isDefault = ({ rules }: CallFacts): boolean => rules.approval !== 'never'

// Agents, services and the hub itself: whoever is no person, who would look before acting.
const isMachine = ({ actor }: CallFacts): boolean => actor.kind !== 'person'

// In the order of their strictness: refusals, approvals at high risk, other approvals.
const ROWS: readonly Row[] = [
  {
    rule: 'disabled',
    say: 'deny',
    why: 'This tool is switched off; ask an administrator to switch it on.',
    fits: ({ rules }) => rules.enabled === false,
  },
  {
    rule: 'stranger',
    say: 'deny',
    why: 'Sign in first: tools are not for strangers.',
    fits: ({ actor }) => actor.kind === 'stranger',
  },
  {
    rule: 'kind',
    say: 'deny',
    why: 'This tool is not for callers of your kind; choose another tool or ask a colleague.',
    fits: ({ rules, actor }) => rules.kinds !== undefined && !includes(rules.kinds, actor.kind),
  },
  {
    rule: 'holder',
    say: 'deny',
    why: 'You are not among those who may use this tool; ask an administrator to add you.',
    fits: ({ rules: { holders }, actor }) =>
      holders !== undefined &&
      (actor.ids.length === 0 || !actor.ids.every((id) => holders.includes(id))),
  },
  {
    rule: 'project',
    say: 'deny',
    why: 'This tool may not be used in this project; name a task of one in which it may.',
    fits: ({ rules: { projects }, projectId }) =>
      projects !== undefined && (projectId === null || !projects.includes(projectId)),
  },
  {
    rule: 'exfiltration',
    say: 'ask high',
    why:
      'Sensitive data and words of strangers come together in this work, and this call can carry ' +
      'something out.',
    fits: ({ tool, labels }) =>
      tool.egress === 'external' &&
      (tool.untrusted || labels.has('untrusted')) &&
      (tool.reads === 'sensitive' || labels.has('sensitive')),
  },
  {
    rule: 'destroy',
    say: 'ask high',
    why: 'This call destroys something that may not come back.',
    // Who looks at the page, and may destroy, is the person who would be asked.
    fits: (facts) => facts.tool.effect === 'destroy' && !facts.actor.atPage && isDefault(facts),
  },
  {
    rule: 'always',
    say: 'ask',
    why: 'Every call of this tool is approved by a person.',
    fits: ({ rules }) => rules.approval === 'always',
  },
  {
    rule: 'external',
    say: 'ask',
    why: 'This call gives something to the outside.',
    fits: (facts) => facts.tool.egress === 'external' && isMachine(facts) && isDefault(facts),
  },
  {
    rule: 'foreign_write',
    say: 'ask',
    why: 'This call changes something, and its caller works on no task of that project.',
    fits: (facts) =>
      facts.tool.effect !== 'read' && !facts.ownTask && isMachine(facts) && isDefault(facts),
  },
]

/** Decides about a call, from facts alone. */
export const decideCall = (facts: CallFacts): CallDecision => {
  const row = ROWS.find(({ fits }) => fits(facts))
  if (row === undefined) return { kind: 'allow', rule: 'default' }
  const { rule, say, why } = row
  if (say === 'deny') return { kind: 'deny', rule, why }
  const risk = say === 'ask high' ? 'high' : 'normal'
  return { kind: 'ask', risk, needs: facts.rules.needs ?? 1, rule, why }
}

const includes = (kinds: readonly string[], kind: string): boolean => kinds.includes(kind)
