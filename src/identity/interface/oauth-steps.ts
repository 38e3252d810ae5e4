import { z } from 'zod'
import type { Actor } from '../../kernel/actor.ts'
import type { AnyOperation } from '../../kernel/operation.ts'
import { Refusal } from '../../kernel/refusal.ts'
import { openConsent, takeConsent } from '../application/open-consent.ts'
import type { Exchange, OauthMountOptions, Outcome } from './oauth-ground.ts'

// What happens in a browser between "a program asks" and "it is told": the request is laid before
// whoever is signed in, the page shows it, and the decision is carried out at the same address.

const Taken = z.object({
  taken: z
    .object({
      decision: z.enum(['given', 'refused']),
      consentId: z.string().nullable(),
      scopes: z.array(z.string()),
      refused: z.array(z.string()),
      authTime: z.number(),
    })
    .nullable(),
})

type Ground = Pick<OauthMountOptions, 'hall' | 'engine' | 'shown' | 'count' | 'addressOf'>
type Step = (exchange: Exchange, home: string, word: string) => Promise<void>

/** Makes the steps of a browser: to a request, and on from a decision. */
export const browserSteps = (ground: Ground): Readonly<{ go: Step; device: Step }> => ({
  async go(exchange, home, uid) {
    const { engine } = ground
    const page = `/oauth/interaction/${uid}`
    const actor = await signedIn(ground, exchange)
    if (!actor) return lead(exchange, `/sign-in?next=${page}`)
    const isDevice = uid.startsWith('device-')
    // Before anything is decided by it: the browser has to be the one that began the request.
    const asking = isDevice ? null : await engine.asking(exchange, home, uid)
    const outcome = await takeOutcome(ground, { exchange, actor, uid })
    if (outcome === null) {
      if (asking) await run(ground, openConsent, { exchange, actor, input: { uid, ...asking } })
      return lead(exchange, page)
    }
    if (!isDevice) return lead(exchange, await engine.finish(exchange, home, { uid, outcome }))
    const open = await engine.finishDevice(home, { uid, outcome })
    lead(exchange, `/device?done=${open ? outcome.decision : 'over'}`)
  },
  async device(exchange, _, code) {
    const actor = await signedIn(ground, exchange)
    const page = `/device?user_code=${code}`
    if (!actor) return lead(exchange, `/sign-in?next=${encodeURIComponent(page)}`)
    // A code is short because people type it: guessing is counted by who guesses.
    await ground.count('authorize', `device ${actor.id}`)
    const asking = await ground.engine.device(code)
    if (!asking) return lead(exchange, '/device?problem=identity.device_code_unknown')
    const { uid, ...rest } = asking
    await run(ground, openConsent, { exchange, actor, input: { uid, ...rest } })
    lead(exchange, `/oauth/interaction/${uid}`)
  },
})

/** Finds the person whose finished sign-in this browser holds. */
const signedIn = async ({ hall, shown }: Ground, { req }: Exchange): Promise<Actor | null> => {
  const { credential, presented } = shown(req)
  if (credential === undefined || presented.cookie !== true) return null
  try {
    const actor = await hall.authenticate(credential, presented)
    return actor.stage === undefined && actor.kind === 'person' ? actor : null
  } catch (error) {
    if (error instanceof Refusal && error.kind === 'unauthenticated') return null
    throw error
  }
}

type Running = Readonly<{ exchange: Exchange; actor: Actor; input: unknown }>

const run = async (
  { hall, addressOf }: Ground,
  operation: AnyOperation,
  { exchange, actor, input }: Running,
): Promise<unknown> => {
  const address = addressOf(exchange.req)
  const answer = await hall.run(operation, input, { actor, door: 'web', address })
  return answer.output
}

const takeOutcome = async (
  ground: Ground,
  asked: Readonly<{ exchange: Exchange; actor: Actor; uid: string }>,
): Promise<Outcome | null> => {
  const { exchange, actor, uid } = asked
  const output = await run(ground, takeConsent, { exchange, actor, input: { uid } })
  const { taken } = Taken.parse(output)
  if (taken === null) return null
  const { decision, consentId, ...rest } = taken
  if (decision === 'refused' || consentId === null) return { decision: 'refused' }
  return { decision, orgId: actor.orgId, personId: actor.id, consentId, ...rest }
}

const lead = ({ res }: Exchange, location: string): void => {
  res.writeHead(303, { location, 'content-length': '0' }).end()
}
