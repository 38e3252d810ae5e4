import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

/** A package as a test publishes it. */
export type Published = Readonly<{
  name: string
  version: string
  /** When it was published, like `2026-01-01`. */
  on: string
  files: Readonly<Record<string, string>>
  manifest?: Readonly<Record<string, unknown>>
}>

/** A registry of packages on this machine. */
export type Registry = Readonly<{
  url: string
  /** Paths that were asked for. */
  asked: readonly string[]
  integrityOf(name: string, version: string): string
  /** From now on: answers everything, says nothing, or sends other bytes than it promised. */
  behave(how: 'well' | 'silently' | 'falsely'): void
  stop(): Promise<void>
}>

type Packed = Readonly<{ published: Published; manifest: object; bytes: Buffer; integrity: string }>

/** Starts a registry that speaks as much of npm's protocol as an installation needs. */
export const startRegistry = async (packages: readonly Published[]): Promise<Registry> => {
  const packed = packages.map(pack)
  const asked: string[] = []
  let how: 'well' | 'silently' | 'falsely' = 'well'
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1)
    asked.push(path)
    if (how === 'silently') return
    const file = packed.find((one) => path === fileOf(one.published))
    if (file !== undefined) return response.end(how === 'falsely' ? gzipSync('x') : file.bytes)
    const versions = packed.filter(({ published }) => published.name === path)
    return versions.length === 0 ? notThere(response) : sendJson(response, listOf(versions, url))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const url = `http://127.0.0.1:${port}/`
  return {
    url,
    asked,
    integrityOf(name, version) {
      const found = packed.find(
        ({ published }) => published.name === name && published.version === version,
      )
      return found?.integrity ?? ''
    },
    behave(next) {
      how = next
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const fileOf = ({ name, version }: Published): string => `${name}/-/${version}.tgz`

const notThere = (response: ServerResponse) => {
  response.statusCode = 404
  return sendJson(response, { error: 'Not found' })
}

const sendJson = (response: ServerResponse, body: object) =>
  response.setHeader('content-type', 'application/json').end(JSON.stringify(body))

const listOf = (versions: readonly Packed[], url: string): object => ({
  name: versions[0]?.published.name,
  'dist-tags': { latest: versions.at(-1)?.published.version },
  time: Object.fromEntries(
    versions.map(({ published }) => [published.version, `${published.on}T00:00:00.000Z`]),
  ),
  versions: Object.fromEntries(
    versions.map(({ published, manifest, integrity }) => [
      published.version,
      { ...manifest, dist: { tarball: `${url}${fileOf(published)}`, integrity } },
    ]),
  ),
})

const pack = (published: Published): Packed => {
  const { name, version, files } = published
  const manifest = { name, version, ...published.manifest }
  const all = { 'package.json': JSON.stringify(manifest), ...files }
  const parts = Object.entries(all).flatMap(([path, text]) => tarEntry(`package/${path}`, text))
  const bytes = gzipSync(Buffer.concat([...parts, Buffer.alloc(1_024)]))
  const sha512 = createHash('sha512').update(bytes).digest('base64')
  return { published, manifest, bytes, integrity: `sha512-${sha512}` }
}

const BLOCK = 512

/** Makes a file of a tar archive: its header and its bytes, filled up to whole blocks. */
const tarEntry = (path: string, text: string): readonly Buffer[] => {
  const body = Buffer.from(text)
  const header = Buffer.alloc(BLOCK)
  header.write(path, 0)
  header.write('0000755\0', 100)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        0', 148)
  header.write('ustar\0', 257)
  header.write('00', 263)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)]
}
