import type { Happened } from '../../kernel/event.ts'
import type { Words } from '../../kernel/operation.ts'

/** Joins a room's needs and the words of a call into what `run` gets. */
export const wordsFor = (needs: object, words: Words): object => ({ ...needs, ...words })

/** Stands for `emit` where nothing may happen. */
export const emitsNothing = (happened: Happened): never => {
  throw new Error(`A read may not emit ${happened.name}.`)
}
