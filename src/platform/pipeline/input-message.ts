import type { z } from 'zod'

type Issue = z.core.$ZodRawIssue

/** Says what a value would have to be; a message that a shape brings itself stands above it. */
export const plainMessage = (issue: Issue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `has to be ${kindOf(issue.expected)}`
    case 'invalid_value':
      return `has to be ${issue.values
        .map(String)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1')}`
    case 'too_big':
      return `can be at most ${bound(issue.maximum, issue.origin)}`
    case 'too_small':
      return `has to be at least ${bound(issue.minimum, issue.origin)}`
    default:
      return undefined
  }
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
}

const kindOf = (expected: string): string => KINDS[expected] ?? `of type ${expected}`

const UNITS: Readonly<Record<string, string>> = { array: 'item', string: 'character' }

const bound = (limit: number | bigint, origin: string): string => {
  const unit = UNITS[origin]
  if (unit === undefined) return String(limit)
  return `${limit} ${unit}${Number(limit) === 1 ? '' : 's'} long`
}
