import { mayHere } from '../../live/own/rights.ts'
import { useHall, useTopic } from '../../live/use-hall.ts'

/** Tells whether the person may stop all agents, and let them work again. */
export const useMayStop = (): boolean => {
  const hall = useHall()
  return mayHere(useTopic('me', hall.me), 'task:takeover')
}
