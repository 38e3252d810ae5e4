/** A range of network addresses, as numbers of 128 bits; IPv4 lies where IPv6 maps it. */
export type AddressRange = Readonly<{ from: bigint; to: bigint }>

const V4_BITS = 32
const ALL_BITS = 128
const MAPPED = 0xffffn << 32n

/** Reads an address as a number; `null` where the text is none. */
export const addressNumber = (text: string): bigint | null => {
  if (!text.includes(':')) {
    const number = v4Number(text)
    return number === null ? null : MAPPED | number
  }
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (!tail) return v6Number(text)
  const last = v4Number(tail[2] ?? '')
  if (last === null) return null
  const [high, low] = [(last >> 16n).toString(16), (last & 0xffffn).toString(16)]
  return v6Number(`${tail[1]}${high}:${low}`)
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; `null` where the text is none. */
export const addressRange = (text: string): AddressRange | null => {
  const [, address = '', bits] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const number = addressNumber(address)
  if (number === null) return null
  const width = address.includes(':') ? ALL_BITS : V4_BITS
  const length = bits === undefined ? width : Number(bits)
  if (length > width) return null
  const rest = (1n << BigInt(width - length)) - 1n
  return { from: number & ~rest, to: number | rest }
}

const v4Number = (text: string): bigint | null => {
  const parts = text.split('.')
  const isAddress = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))
  if (!isAddress || parts.some((part) => Number(part) > 255)) return null
  return parts.reduce((number, part) => (number << 8n) | BigInt(part), 0n)
}

const v6Number = (text: string): bigint | null => {
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return null
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const [front, back] = [groups(head), groups(tail ?? '')]
  const missing = 8 - front.length - back.length
  if (tail === undefined ? missing !== 0 : missing < 1) return null
  const all = [...front, ...Array.from({ length: missing }, () => '0'), ...back]
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null
  return all.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n)
}
