import { refuse } from '../../kernel/refusal.ts'
import type { Exchange } from './answer.ts'
import { answer } from './answer.ts'
import { noMethod } from './front.ts'
import type { FlatHeaders } from './headers.ts'
import type { RouteTable } from './route-table.ts'
import type { StaticFiles } from '../pages/static-files.ts'

// Paths that belong to doors: an unknown one below them is a mistake, never the web page.
const DOORS =
  /^\/(v1|mcp|agent|a2a|\.well-known|docs|openapi\.json|problems|healthz|readyz|metrics)(\/|$)/

/** What requests without a route are answered from. */
export type Rest = Readonly<{
  table: RouteTable
  files: StaticFiles
  headers: FlatHeaders
  fail(exchange: Exchange, thrown: unknown): void
}>

/** Answers what no route took: web files, the page itself, or why there is nothing. */
export const unanswered =
  ({ table, files, headers, fail }: Rest) =>
  (exchange: Exchange, pathname: string): void => {
    const { req } = exchange
    const method = req.method ?? 'GET'
    const reading = method === 'GET' || method === 'HEAD'
    if (!DOORS.test(pathname)) {
      if (!reading) return fail(exchange, noMethod(method, ['GET', 'HEAD']))
      const wantsPage = req.headers.accept?.includes('text/html') ?? false
      const found = files.find(exchange, pathname) ?? (wantsPage ? files.page(exchange) : null)
      return found ? answer(exchange, found) : fail(exchange, noPage(pathname))
    }
    const allow = table.allowed(pathname)
    if (allow.length === 0) return fail(exchange, noRoute(pathname, method, table))
    if (method !== 'OPTIONS') return fail(exchange, noMethod(method, allow))
    const told = [...headers, 'cache-control', 'no-store', 'allow', allow.join(', ')]
    answer(exchange, { status: 204, headers: told, body: null })
  }

const noPage = (pathname: string) => {
  const nothing = `There is nothing at ${shown(pathname)}.`
  const message = pathname === '/' ? 'The web page is not built; run npm run build.' : nothing
  return refuse('not_found', 'platform.no_such_page', message)
}

const noRoute = (pathname: string, method: string, table: RouteTable) => {
  const near = pathname.startsWith('/v1/') ? table.near(pathname, method) : undefined
  const hint = near ? `Did you mean ${near}?` : 'See /docs for all routes.'
  const message = `There is no route ${shown(pathname)}. ${hint}`
  return refuse('not_found', 'platform.no_such_route', message, near ? { nearest: near } : {})
}

const KEY = /guild_[a-z]_\w+/g

/** Says a path as it was asked for: short, and without a key that somebody put into it. */
const shown = (pathname: string): string => {
  const plain = pathname.replaceAll(KEY, '…')
  return plain.length > 120 ? `${plain.slice(0, 119)}…` : plain
}
