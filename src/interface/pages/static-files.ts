import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Exchange, Reply } from '../http/answer.ts'
import type { FlatHeaders } from '../http/headers.ts'
import { flatten } from '../http/headers.ts'
import { takes } from '../http/packing.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}
const PACKED = /^(text\/|application\/|image\/svg)/
const PACK_BYTES_MIN = 1024
// A folder larger than this is no web page of ours: better to stop the start than to hold it.
const FOLDER_BYTES_MAX = 64 * 1024 * 1024
const FOREVER = 'public, max-age=31536000, immutable'

/** Files that the build has packed already: better than there is time for at a start. */
const BUILT = '.br'

type Kept = Readonly<{ plain: Reply; packed: Reply | null; built: Reply | null; etag: string }>

/** Answers for the files of the web page. */
export type StaticFiles = Readonly<{
  /** Gives the file of this path, or nothing. */
  find(exchange: Exchange, pathname: string): Reply | null
  /** Gives the page itself: what every address of the browser application starts from. */
  page(exchange: Exchange): Reply | null
}>

/**
 * Reads a folder of web files into memory, once: a request only ever looks a path up in a map,
 * so no spelling of it can reach another file.
 */
export const staticFiles = (root: string | undefined, headers: FlatHeaders): StaticFiles => {
  const isBuilt = root !== undefined && existsSync(root)
  const kept = isBuilt ? readFolder(root, headers) : new Map<string, Kept>()
  const find = (exchange: Exchange, pathname: string): Reply | null => {
    const file = kept.get(pathname === '/' ? '/index.html' : pathname)
    return file === undefined ? null : choose(exchange, file)
  }
  return { find, page: (exchange) => find(exchange, '/index.html') }
}

const choose = ({ req }: Exchange, { plain, packed, built, etag }: Kept): Reply => {
  if (req.headers['if-none-match']?.includes(etag)) return { ...plain, status: 304, body: null }
  if (built !== null && takes('br', req)) return built
  return packed !== null && takes('gzip', req) ? packed : plain
}

const readFolder = (root: string, headers: FlatHeaders): Map<string, Kept> => {
  const files = new Map<string, Buffer>()
  let size = 0
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = path.join(entry.parentPath, entry.name)
    const bytes = readFileSync(file)
    size += bytes.length
    if (size > FOLDER_BYTES_MAX) throw new Error(`${root} is too large to be the web page.`)
    files.set(`/${path.relative(root, file).split(path.sep).join('/')}`, bytes)
  }
  const kept = new Map<string, Kept>()
  for (const [pathname, bytes] of files) {
    if (pathname.endsWith(BUILT)) continue
    kept.set(pathname, keep(pathname, { bytes, built: files.get(pathname + BUILT) }, headers))
  }
  return kept
}

type Bytes = Readonly<{ bytes: Buffer; built: Buffer | undefined }>

const keep = (pathname: string, { bytes, built }: Bytes, headers: FlatHeaders): Kept => {
  const type = TYPES[path.extname(pathname).toLowerCase()] ?? 'application/octet-stream'
  // Weak: plain and packed are the same file in other bytes.
  const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
  const own = flatten({
    'content-type': type,
    'cache-control': pathname.startsWith('/assets/') ? FOREVER : 'no-cache',
    etag,
    vary: 'accept-encoding',
  })
  const plain = { status: 200, headers: [...headers, ...own], body: bytes }
  const as = (way: string, body: Buffer): Reply => ({
    ...plain,
    headers: [...plain.headers, 'content-encoding', way],
    body,
  })
  const worthwhile = PACKED.test(type) && bytes.length >= PACK_BYTES_MIN
  return {
    ...{ plain, etag },
    packed: worthwhile ? as('gzip', gzipSync(bytes)) : null,
    built: built === undefined ? null : as('br', built),
  }
}
