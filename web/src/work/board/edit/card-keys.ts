import type { Card } from '../../../../../src/work/contract.ts'
import type { Binding } from '../../../shell/keys.ts'
import type { ChoiceKind } from './choices.ts'

type CardKeysGround = Readonly<{
  mayMove: boolean
  targets(): readonly Card[]
  pick(what: ChoiceKind): void
  /** Assigns them to whoever is here. */
  mine(): void
  archive(): void
  peek(card: Card): void
}>

/** Gives the keys that change the chosen cards, or the one in focus. */
export const cardKeys = (ground: CardKeysGround): readonly Binding[] => {
  const { mayMove, targets, pick, mine, archive, peek } = ground
  const when = (): boolean => mayMove && targets().length > 0
  const picks = (keys: readonly string[], label: string, what: ChoiceKind): Binding => ({
    ...{ keys, label, when },
    run: () => pick(what),
  })
  return [
    {
      keys: ['Space'],
      label: 'Peek at the card',
      when: () => targets().length > 0,
      run() {
        const [card] = targets()
        if (card) peek(card)
      },
    },
    picks(['s', 'm'], 'Move to a column', 'status'),
    picks(['a'], 'Assign', 'assignee'),
    { keys: ['i'], label: 'Assign to me', when, run: mine },
    picks(['p'], 'Set the priority', 'priority'),
    picks(['l'], 'Set labels', 'label'),
    picks(['t', 'E'], 'Estimate', 'points'),
    picks(['C'], 'Put into a sprint', 'sprint'),
    { keys: ['e'], label: 'Archive', when, run: archive },
  ]
}
