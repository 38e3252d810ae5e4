import type { ChoiceKind } from '../board/edit/choices.ts'

/** Names a fact of a task that has a question of its own. */
export type FactKind = 'type' | 'branch' | 'parent' | 'delegate' | 'skills' | 'due'

/** What is asked over a task that is open. */
export type Asked =
  | Readonly<{ kind: 'pick'; what: ChoiceKind }>
  | Readonly<{ kind: 'fact'; what: FactKind }>
  | Readonly<{ kind: 'flag' | 'stop' | 'release' | 'hand back' | 'links' }>
