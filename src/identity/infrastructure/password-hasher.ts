import type * as Argon2 from '@node-rs/argon2'
import { refuse } from '../../kernel/refusal.ts'
import type { PasswordHasher } from '../application/sign-in-ports.ts'

// A hash takes 21 ms of a core and 19 MB, on purpose. So two at a time and no more, whoever knocks:
// the rest waits for a moment, and who would wait longer is told to come back.

/** The parameters of today; raising one makes older hashes outdated, see `isOutdated`. */
const ARGON2ID = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

/** How much a hasher does at once. */
export type HasherBounds = Readonly<{ atOnce: number; waiting: number; waitMs: number }>

const BOUNDS: HasherBounds = { atOnce: 2, waiting: 32, waitMs: 2_000 }

/** Makes the hasher of one process; the library is loaded with the first password. */
export const passwordHasher = (bounds: HasherBounds = BOUNDS): PasswordHasher => {
  const line = boundedLine(bounds)
  let library: Promise<typeof Argon2> | undefined
  let nobody: Promise<string> | undefined
  const argon2 = () => {
    library ??= import('@node-rs/argon2')
    return library
  }
  const hash = (password: string) => line(async () => (await argon2()).hash(password, ARGON2ID))
  return {
    hash,
    async verify(phc, password) {
      // Made of chance that is kept nowhere: no password fits it.
      nobody ??= hash(Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex'))
      const against = await nobody.catch((error: unknown) => {
        nobody = undefined
        throw error
      })
      const fits = await line(async () => (await argon2()).verify(phc ?? against, password))
      return fits && phc !== null
    },
    isOutdated(phc) {
      const [, m, t, p] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$/.exec(phc) ?? []
      const { memoryCost, timeCost, parallelism } = ARGON2ID
      return Number(m) < memoryCost || Number(t) < timeCost || Number(p) < parallelism || !m
    },
  }
}

/** Runs work so many pieces at a time; the rest waits in a line with an end. */
const boundedLine = ({ atOnce, waiting, waitMs }: HasherBounds) => {
  const line: (() => void)[] = []
  let running = 0
  const turn = async (): Promise<void> => {
    if (running < atOnce) {
      running += 1
      return
    }
    if (line.length >= waiting) throw busy()
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        line.splice(line.indexOf(go), 1)
        reject(busy())
      }, waitMs)
      line.push(go)
    })
  }
  // Whoever leaves hands the place over to the next, so that nobody slips in between.
  const leave = () => {
    const next = line.shift()
    if (next) next()
    else running -= 1
  }
  return async <T>(work: () => Promise<T>): Promise<T> => {
    await turn()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}

const busy = () => {
  const message = 'Too many people sign in at this moment; try again in a few seconds.'
  return refuse('unavailable', 'identity.busy', message, { retryAfterS: 3 })
}
