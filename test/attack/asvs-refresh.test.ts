import { beforeAll, expect, test } from 'vitest'
import { bodyOf, CLIENT, form, publish, tokensFor } from './oauth-flow.ts'
import { openWorld, type World } from './oauth-world.ts'

// A program that is used every day keeps its way in for ninety days after somebody said yes, then
// it has to ask again.

const DAY = 86_400_000

let world: World
beforeAll(async () => {
  world = await openWorld()
  publish(world)
})

test('a refresh token ends ninety days after the consent, however often it is used', async () => {
  let { refresh } = await tokensFor(world)
  const use = () =>
    form(world, '/oauth/token', {
      ...{ grant_type: 'refresh_token', refresh_token: refresh, client_id: CLIENT },
    })
  for (let days = 0; days < 80; days += 20) {
    world.turn(20 * DAY)
    const heard = await use()
    expect(heard.status).toBe(200)
    refresh = String(bodyOf(heard)['refresh_token'])
  }
  world.turn(10 * DAY + 1_000)
  const over = await use()
  expect([over.status, bodyOf(over)['error']]).toEqual([400, 'invalid_grant'])
})
