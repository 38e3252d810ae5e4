import { isObject, type Json } from '../../tools/json.ts'

/** How a name in a node is meant: it says a value, adds to a list, takes from one, or locks. */
export type Word = Readonly<{ key: string; kind: 'is' | 'adds' | 'takes' | 'locks' }>

/** Reads a name as the hub does: `tags`, `tags+`, `tags-`, `$lock`. */
export const wordOf = (name: string): Word => {
  if (name === '$lock') return { key: name, kind: 'locks' }
  const key = name.slice(0, -1)
  if (name.endsWith('+')) return { key, kind: 'adds' }
  return name.endsWith('-') ? { key, kind: 'takes' } : { key: name, kind: 'is' }
}

/** Joins keys with dots. */
export const joined = (above: string, name: string): string =>
  above === '' ? name : `${above}.${name}`

/** Cuts a path into the path above and the last key. */
export const split = (path: string): readonly [above: string, name: string] => {
  const dot = path.lastIndexOf('.')
  return dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)]
}

/** Tells whether a path is another one or lies below it. */
export const isWithin = (path: string, above: string): boolean =>
  above === '' || path === above || path.startsWith(`${above}.`)

/** Lists what is no object with members, by its path. */
export const leavesOf = (value: Json, above = ''): readonly (readonly [string, unknown])[] =>
  Object.entries(value).flatMap(([name, inner]) => {
    const path = joined(above, name)
    const isOpen = isObject(inner) && Object.keys(inner).length > 0
    return isOpen ? leavesOf(inner, path) : [[path, inner] as const]
  })

/** Lists the keys that a path goes through; none for the whole. */
export const namesOf = (path: string): readonly string[] => (path === '' ? [] : path.split('.'))

/** Gives what stands at a path; `undefined` where nothing does. */
export const valueAt = (data: Json, path: string): unknown => {
  let value: unknown = data
  for (const name of namesOf(path)) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

/** Gives what stands at a path in a list, empty where nothing does: null stands for a removal. */
export const saidAt = (data: Json, path: string): readonly unknown[] => {
  const value = valueAt(data, path)
  return value === undefined ? [] : [value]
}

/** Tells whether two values say the same; the order of keys does not matter. */
export const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'undefined'
