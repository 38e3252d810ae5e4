import { describe, expect, test } from 'vitest'
import { Refusal } from '../../kernel/refusal.ts'
import { passwordList } from '../infrastructure/password-list.ts'
import { namesToAvoid, refuseWeak, weaknessOf } from './password.ts'

const isListed = await passwordList()()
const names = namesToAvoid('ada.lovelace@example.org', ['Analytical', 'engine', 'guildhall'])
const judge = (password: string) => weaknessOf(password, { isListed, names })

describe('a password', () => {
  test.each([
    ['of eleven characters', 'kq8!vm2xz_p', 'short'],
    ['of eleven characters outside the basic plane', '🂡🂢🂣🂤🂥🂦🂧🂨🂩🂪🂫', 'short'],
    ['of 257 characters', 'q7 '.repeat(85) + 'zz', 'long'],
    ['that is listed', 'unbelievable', 'common'],
    ['that is listed, in other case', 'UnBelievable', 'common'],
    ['that is listed twice', 'passwordpassword', 'common'],
    ['that is listed three times', 'dragondragondragon', 'common'],
    ['that is four letters, often', 'kwqzkwqzkwqz', 'common'],
    ['that is a listed short one, often', '123123123123', 'common'],
    ['that is one letter, often', 'aaaaaaaaaaaaa', 'common'],
    ['that is listed with a number behind it', 'password1234', 'common'],
    ['that is listed with marks around it', '!!passwords!', 'common'],
    ['that is the address', 'ada.lovelace@example.org', 'name'],
    ['that is the address and seven more', 'ada.lovelace@example.org2026!!x', 'name'],
    ['that is the first part of the address and some', 'ada.lovelace!2', 'name'],
    ['that is the organisation and some', 'Analytical-2026', 'name'],
    ['that is the product and some', 'my-Guildhall!', 'name'],
  ] as const)('%s is refused', (_, password, why) => {
    expect(judge(password)).toBe(why)
  })

  test.each([
    ['of four words', 'correct horse battery staple'],
    ['of twelve small letters', 'vkqzmwhxrpbn'],
    ['of twelve characters outside the basic plane', '🂡🂢🂣🂤🂥🂦🂧🂨🂩🂪🂫🂬'],
    ['of 256 characters', 'q7 '.repeat(85) + 'z'],
    ['with blanks at its ends', '  vkqzmwhxrpbn  '],
    ['with a listed word and five more', 'xy9q!password'.replace('x', 'xz')],
    ['with a name and eight more', 'guildhall kwxz-qpm'],
    ['that is a short listed one with much around it', 'qwerty and the seven seas'],
  ])('%s is taken', (_, password) => {
    expect(judge(password)).toBeNull()
  })

  test('is refused with a sentence that says what to do, and never echoed', () => {
    const password = 'password1234'
    const act = () => refuseWeak(password, { isListed, names })
    expect(act).toThrow(Refusal)
    expect(act).toThrow('take a few words of your own')
    expect(act).not.toThrow(password)
  })
})

test('the list is long, and has no empty entry', () => {
  expect(['123456', 'dragon', 'password'].every(isListed)).toBe(true)
  expect(['', '\n', 'dragon\nfruit', 'not in any list'].some(isListed)).toBe(false)
})
