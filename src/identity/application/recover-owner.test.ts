import { expect, test } from 'vitest'
import { bench } from '../../../test/bench.ts'
import { strangerIn, systemActor } from '../../kernel/actor.ts'

const PASSWORD = 'nine wet otters in a row'

test('an owner who has lost everything is let in again by who starts the hub', async () => {
  const b = await bench()
  const { link } = await b.run<{ link: string }>('identity.recover_owner', {}, systemActor(b.orgId))
  expect(link).toContain('/reset#')
  const token = link.slice(link.indexOf('#') + 1)
  const stranger = strangerIn(b.orgId)
  const done = await b.run('identity.reset_password', { token, password: PASSWORD }, stranger)
  expect(done).toMatchObject({ handle: 'owner' })
  const again = await b.refused('identity.reset_password', { token, password: PASSWORD }, stranger)
  expect(again.code).toBe('identity.link_not_valid')
  const names = (await b.ledger()).map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['identity.factor_removed', 'identity.link_issued']))
})

test('no door offers it', async () => {
  const { house } = await bench()
  const offered = house.hall.operations.map(({ name }) => name)
  expect(offered).not.toContain('identity.recover_owner')
})
