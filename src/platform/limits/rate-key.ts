import { isIPv6 } from 'node:net'

/**
 * Names whom calls from an address are counted for: an IPv4 address, or the /64 of an IPv6 one,
 * because that much is given to one customer. All callers without an address count as one.
 */
export const rateKey = (address: string | undefined): string => {
  if (address === undefined) return 'unknown'
  if (!address.includes(':')) return address
  const [bare = ''] = address.split('%', 1)
  if (!isIPv6(bare)) return 'unknown'
  const groups = groupsOf(bare)
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  if (isMapped) return ipv4Of(groups[6] ?? 0, groups[7] ?? 0)
  const [a = 0, b = 0, c = 0, d = 0] = groups
  return `${a.toString(16)}:${b.toString(16)}:${c.toString(16)}:${d.toString(16)}::/64`
}

const ipv4Of = (high: number, low: number): string =>
  [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')

/** Reads the eight groups of an address that is known to be one. */
const groupsOf = (text: string): readonly number[] => {
  const gap = text.indexOf('::')
  if (gap < 0) return wordsOf(text)
  const left = wordsOf(text.slice(0, gap))
  const right = wordsOf(text.slice(gap + 2))
  while (left.length + right.length < 8) left.push(0)
  return [...left, ...right]
}

const wordsOf = (text: string): number[] => {
  const words: number[] = []
  for (const word of text === '' ? [] : text.split(':')) {
    if (word.includes('.')) {
      const [a = 0, b = 0, c = 0, d = 0] = word.split('.').map(Number)
      words.push(a * 256 + b, c * 256 + d)
    } else {
      words.push(Number.parseInt(word, 16))
    }
  }
  return words
}
