import type { RunningView, WaitingView, WorkerView } from '../../../src/work/contract.ts'
import { shape } from '../live/api.ts'
import type { Hue } from '../ui/badge.tsx'

/** A task that somebody works on. */
export type Running = (typeof RunningView)['_output']
/** A task that waits for a person. */
export type Waiting = (typeof WaitingView)['_output']
/** Who works, in numbers. */
export type Worker = (typeof WorkerView)['_output']
/** Who stopped all agents, and when. */
export type Halt = Readonly<{ by: string | null; at: string }>

/** What is worked on now. */
export type RunningList = Readonly<{
  items: readonly Running[]
  total: number
  stopped: Halt | null
}>

export const isRunning = shape<RunningList>('items', 'total', 'stopped')
export const isWaiting = shape<Readonly<{ items: readonly Waiting[]; total: number }>>('items')
export const isWorkers = shape<
  Readonly<{ items: readonly Worker[]; days: number; stopped: Halt | null }>
>('items', 'stopped')

/** Events after which other tasks may be worked on, or in another way. */
export const WORK_EVENTS = /^work\.(task|agents)_/

/** Names every way in which an attempt ends. */
type Outcome = 'done' | 'review' | 'failed' | 'expired' | 'blocked' | 'asked' | Passed
type Passed = 'released' | 'taken_over' | 'handed_back' | 'forced' | 'canceled'

/** Says how an attempt ended, with its hue. */
export const OUTCOMES: Readonly<Record<Outcome, Readonly<{ word: string; hue: Hue }>>> = {
  done: { word: 'done', hue: 'ok' },
  review: { word: 'sent to review', hue: 'ok' },
  failed: { word: 'failed', hue: 'bad' },
  expired: { word: 'lease ran out', hue: 'bad' },
  blocked: { word: 'blocked', hue: 'wait' },
  asked: { word: 'asked a person', hue: 'wait' },
  released: { word: 'released', hue: 'plain' },
  taken_over: { word: 'taken over', hue: 'plain' },
  handed_back: { word: 'handed back', hue: 'plain' },
  forced: { word: 'taken off', hue: 'plain' },
  canceled: { word: 'canceled', hue: 'plain' },
}

/** Says how an attempt stands that has not ended. */
export const WORKING: Readonly<{ word: string; hue: Hue }> = { word: 'working', hue: 'run' }
