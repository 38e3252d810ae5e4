import type { Happened } from '../../kernel/event.ts'
import type { Principal } from '../domain/principal.ts'
import type { IdentityNeeds } from './ports.ts'
import type { SignInNeeds } from './sign-in-ports.ts'

/** Why somebody's data must not be erased for now. */
export type LegalHold = Readonly<{ reason: string; by: string; at: number }>

/** What of a person is erased, and the words to tell of it. */
export type ErasureAsked = Readonly<{
  content: boolean
  names: readonly string[]
  now: number
  emit(happened: Happened): void
}>

/** How many rows of which rooms were erased, and how many erasable parts of events. */
export type ErasureCounts = Readonly<{ rows: Readonly<Record<string, number>>; parts: number }>

/** What the house keeps of persons, over all rooms. */
export type SubjectPort = Readonly<{
  /** Locks a person's row, so that nothing is added to them meanwhile. */
  lock(id: string): Promise<void>
  /** Lists what a person is and was called, in lower case: copies of it are found by these. */
  names(person: Principal): Promise<readonly string[]>
  /** Lists those whom a person answers for. */
  answersFor(id: string): Promise<readonly Principal[]>
  hold(id: string): Promise<LegalHold | null>
  /** Tells whether anything is different now; `null` ends a hold. */
  setHold(id: string, hold: LegalHold | null): Promise<boolean>
  /** Takes a person's data out of every room and out of the erasable parts of events. */
  erase(id: string, asked: ErasureAsked): Promise<ErasureCounts>
  /** Keeps what is left of a person; refuses where the row has changed since it was read. */
  remove(person: Principal): Promise<void>
}>

/** What operations on persons' data need; a hub where nobody signs in has no mails and devices. */
export type SubjectNeeds = IdentityNeeds &
  Readonly<{ subjects: SubjectPort }> &
  Partial<Pick<SignInNeeds, 'mails' | 'throttle'>>
