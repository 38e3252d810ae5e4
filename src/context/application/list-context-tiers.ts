import { z } from 'zod'
import { operation, type Words } from '../../kernel/operation.ts'
import { At, TierView } from '../contract.ts'
import { findSpot, mayWriteHere, scopeOf } from './find-spot.ts'
import type { ContextNeeds, NamedPlace, Spot, Step } from './ports.ts'

/** Lists what each tier of a place says by itself, outermost first. */
export const listContextTiers = operation<ContextNeeds>()({
  name: 'context.list_context_tiers',
  about: 'List what each tier of a place says by itself, outermost first.',
  input: z.strictObject({ at: At.describe('global, GH, GH/main or GH-12') }),
  output: z.object({ at: z.string(), items: z.array(TierView) }),
  access: 'context:read',
  effect: 'read',
  http: 'GET /context/tiers',
  mcp: null, // agents read what the tiers say together
  scope: scopeOf,
  say: ({ items }) =>
    items.map(({ at, version, data }) => `${at} v${version} ${JSON.stringify(data)}`).join('\n'),
  async run({ at }, words) {
    const spot = await findSpot(words, at)
    const [nodes, named] = await Promise.all([
      words.nodes.read(spot.steps),
      words.places.named(spot.steps.slice(1).map(({ id }) => id)),
    ])
    const names = new Map(named.map((one) => [one.id, one]))
    const tiers = spot.steps.map((step, index) => {
      const { tier, id } = step
      const place = tier === 'global' ? GLOBAL : names.get(id)
      const node = nodes[index]
      return { tier, step, place, version: node?.version ?? 0, data: node?.data ?? {} }
    })
    // A task that was moved meanwhile has no name under its old id; then it has no tier either.
    const known = tiers.flatMap(({ place, ...rest }) => (place ? [{ ...rest, place }] : []))
    const rights = await rightsIn(words, spot, known)
    const items = known.map(({ tier, place, version, data }, index) => ({
      ...{ tier, at: place.at, title: place.title, version, data: { ...data } },
      writable: rights[index]?.writable ?? false,
      decides: rights[index]?.decides ?? false,
    }))
    return { at: spot.at, items }
  },
})

const GLOBAL: NamedPlace = { id: '', at: 'global', title: 'The organisation' }

type Known = Readonly<{ step: Step; place: NamedPlace }>

const rightsIn = (
  words: Pick<ContextNeeds, 'places'> & Words,
  { projectId }: Pick<Spot, 'projectId'>,
  tiers: readonly Known[],
) =>
  Promise.all(
    tiers.map(async ({ step, place }) => {
      const scope = step.tier === 'global' ? null : projectId
      const decides = words.call.actor.kind === 'person' && words.may('context:accept', scope)
      if (!words.may('context:write', scope)) return { writable: false, decides }
      const spot = { at: place.at, tier: step.tier, steps: [step] }
      return { writable: await mayWriteHere(words, spot), decides }
    }),
  )
