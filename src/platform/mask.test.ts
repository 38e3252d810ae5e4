import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MASKED, maskFields, maskText, maskWhole } from './mask.ts'

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLW9mLWl0'

test.each([
  ['Write to ana.b+x@mail.example.org.', 'Write to [email].'],
  ['<ana@example.org>, bob@example.org', '<[email]>, [email]'],
  ['jürgen@bücher.example', '[email]'],
  ['Call +49 (30) 1234-5678 or +14155552671!', 'Call [phone] or [phone]!'],
  ['IBAN DE89 3704 0044 0532 0130 00 AND MORE', 'IBAN [iban] AND MORE'],
  ['GB82WEST12345698765432', '[iban]'],
  ['card 4111 1111 1111 1111, 378282246310005', 'card [card], [card]'],
  ['from 192.0.2.17 and 10.0.0.1.', 'from [address] and [address].'],
  ['at 2001:db8::8a2e:370:7334, ::1, and fe80::1.', 'at [address], [address], and [address].'],
  ['::ffff:192.0.2.1', '[address]'],
  [`token ${JWT} end`, 'token [secret] end'],
  [`ghp_${'a1'.repeat(18)}`, '[secret]'],
  ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\nafter', '[pem]\nafter'],
])('%s is masked', (text, masked) => {
  expect(maskText(text)).toBe(masked)
})

test.each([
  'GH-12 is done by @ana at 12:34:56, see std::vector and x::y',
  'pay 4111 1111 1111 1112 later',
  'DE89 3704 0044 0532 0130 02',
  '300.1.2.3 and 1.2.3 and 1.2.3.4.5',
  '+12345 lines, +1',
  '0190a000-0000-7000-8000-000000000000 2026-03-04T05:06:07.000Z 1772600767000',
  'a@b, @ana, ana@localhost',
])('%s stays: it only looks alike', (text) => {
  expect(maskText(text)).toBe(text)
})

test('names of people are not found: they have no form of their own', () => {
  expect(maskText('Ana Becker wrote this')).toBe('Ana Becker wrote this')
})

test('texts are masked wherever they stand in a value, and numbers stay', () => {
  const value = { at: 3, list: ['ana@example.org', null], 'ana@example.org': { deep: '10.0.0.1' } }
  const masked = { at: 3, list: ['[email]', null], '[email]': { deep: '[address]' } }
  expect(maskFields(value)).toEqual(masked)
  expect(maskWhole({ name: 'Ana', email: null })).toEqual({ name: MASKED, email: MASKED })
})

test('what is masked stays as it is when it is masked again', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'ab1 2+@.:-4/\nDE') }), (text) => {
      const once = maskText(text)
      expect(maskText(once)).toBe(once)
    }),
    { numRuns: 500 },
  )
})

test('a long text of one kind of sign costs no more than its length', () => {
  for (const sign of ['a', '1', ':', '.', '+', '@', '-', '4 ', 'a@', '-----BEGIN A-----', 'DE1']) {
    const started = performance.now()
    maskText(sign.repeat(200_000 / sign.length))
    expect(performance.now() - started).toBeLessThan(5_000)
  }
})
