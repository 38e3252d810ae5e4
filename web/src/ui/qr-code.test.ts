import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { qrCode } from './qr-code.ts'

const drawn = (text: string): readonly string[] =>
  (qrCode(text) ?? []).map((row) => row.map((is) => (is ? '#' : '.')).join(''))

const ADDRESS =
  'otpauth://totp/Guildhall%20Main:ada%40example.org?issuer=Guildhall%20Main' +
  '&secret=ABCDEFGHIJKLMNOPQRSTUVWXYZ234567&algorithm=SHA1&digits=6&period=30'

// Both were read by a decoder of somebody else when they were written down, as were texts of every
// length up to the last version. A picture that changes has to be read once more.
test('a short text is drawn as a reader has read it', () => {
  expect(drawn('HALL')).toEqual([
    '#######...#.#.#######',
    '#.....#.#...#.#.....#',
    '#.###.#..#.##.#.###.#',
    '#.###.#..#..#.#.###.#',
    '#.###.#.#####.#.###.#',
    '#.....#..#.#..#.....#',
    '#######.#.#.#.#######',
    '.....................',
    '#.#.#.#.....#...#..#.',
    '##......##.#.#.#.#.#.',
    '#..##.##.###.###.####',
    '##.###.##..###.##..#.',
    '.##..###...#.###..#..',
    '........#.....#...##.',
    '#######..##.#...#.###',
    '#.....#...#...#....#.',
    '#.###.#.##..#.#.#.###',
    '#.###.#..###.#.#..##.',
    '#.###.#.#.##.###..#.#',
    '#.....#..#.###.###.#.',
    '#######.##.#.###..###',
  ])
})

test('the address of an authenticator is drawn as a reader has read it', () => {
  const rows = drawn(ADDRESS)
  expect(rows).toHaveLength(49)
  expect(createHash('sha256').update(rows.join('\n')).digest('hex')).toBe(
    '638d67e4b295e76bc634fb439aaaf03b00c33e56699cf18794762db5a7cf3f9b',
  )
})

test('a text that no telephone reads from a screen is not drawn', () => {
  expect(qrCode('a'.repeat(666))).not.toBeNull()
  expect(qrCode('a'.repeat(667))).toBeNull()
})
