import type { AnyOperation } from '../../kernel/operation.ts'
import { assert } from '../../kernel/assert.ts'
import { nearest } from '../../kernel/text.ts'

/** One route: a method and a path pattern as people write it, `/v1/tasks/:key`. */
export type Route = Readonly<{ method: string; path: string }>

/** A route that an operation answers. */
export type OperationRoute = Route &
  Readonly<{ operation: AnyOperation; params: readonly string[] }>

const HTTP = /^(GET|POST|PUT|PATCH|DELETE) (\/[\w/:.-]+)$/

/** Derives the routes of all operations that have one. */
export const operationRoutes = (operations: readonly AnyOperation[]): readonly OperationRoute[] =>
  operations.flatMap((operation) => {
    if (operation.http === null || operation.internal) return []
    const [, method, path] = HTTP.exec(operation.http) ?? []
    assert(method && path, `${operation.name} has no readable route: ${operation.http}`)
    const reading = method === 'GET' ? operation.effect === 'read' : true
    assert(reading, `${operation.name} changes something and must not be a GET.`)
    const params = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
    return [{ method, path: `/v1${path}`, operation, params }]
  })

/** What is known about a path that no route answers as it was asked for. */
export type RouteTable = Readonly<{
  /** Methods this path answers; empty: no such path. */
  allowed(path: string): readonly string[]
  /** The route whose path looks most like this one, of the same method where there is one. */
  near(path: string, method: string): string | undefined
}>

// Comparing words costs their lengths multiplied: nobody mistypes a path longer than this.
const NEAR_CHARS_MAX = 200

/** Makes the table that explains wrong methods and unknown paths. */
export const routeTable = (routes: readonly Route[]): RouteTable => {
  const patterns = routes.map(({ method, path }) => ({ method, segments: path.split('/') }))
  const fits = (segments: readonly string[], pattern: readonly string[]): boolean =>
    segments.length === pattern.length &&
    pattern.every((part, at) =>
      part.startsWith(':') ? segments[at] !== '' : part === segments[at],
    )
  return {
    allowed(path) {
      const segments = path.split('/')
      const methods = patterns
        .filter((pattern) => fits(segments, pattern.segments))
        .map(({ method }) => method)
      if (methods.length === 0) return []
      const implied = methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS']
      return [...new Set([...methods, ...implied])].sort()
    },
    near(path, method) {
      if (path.length > NEAR_CHARS_MAX) return undefined
      const filled = routes.map((route) => ({ ...route, text: fill(route.path, path) }))
      const text = nearest(path, [...new Set(filled.map((route) => route.text))])
      const same = filled.filter((route) => route.text === text)
      const found = same.find((route) => route.method === method) ?? same[0]
      return found && `${found.method} ${found.path}`
    },
  }
}

// A pattern with the asked path's own values in its holes: only fixed words count as different.
const fill = (pattern: string, path: string): string => {
  const segments = path.split('/')
  return pattern
    .split('/')
    .map((part, at) => (part.startsWith(':') ? (segments[at] ?? part) : part))
    .join('/')
}
