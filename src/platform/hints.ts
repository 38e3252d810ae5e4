import pg from 'pg'
import type { Database } from './database.ts'

// Several hubs on one server: whoever sealed a batch tells the others to look at the ledger. A hint
// may get lost, so everybody also looks once a second; it carries nothing, so it can be late.

const CHANNEL = 'guildhall_ledger'
const RECONNECT_MS = 1_000

/** Tells other hubs that something was sealed, and hears them say so. */
export type HintLine = Readonly<{
  /** Sends one hint; at most one is under way, what comes meanwhile shares the next. */
  tell(): void
  stop(): Promise<void>
}>

type HintOptions = Readonly<{
  database: Database
  /** How to reach the server directly: a pooler would not deliver notifications. */
  client: pg.ClientConfig
  heard: () => void
  failed: (error: unknown) => void
}>

/** Opens the line; a lost connection is made anew until `stop`. */
export const openHintLine = (options: HintOptions): HintLine => {
  const { database, heard, failed } = options
  let current: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let telling = false
  let more = false

  const later = () => {
    current = undefined
    if (stopped || timer) return
    timer = setTimeout(() => {
      timer = undefined
      connect().catch(failed)
    }, RECONNECT_MS)
  }
  const connect = async () => {
    const client = new pg.Client(options.client)
    client.on('error', () => later())
    client.on('end', () => later())
    client.on('notification', () => heard())
    current = client
    try {
      await client.connect()
      await client.query(`listen ${CHANNEL}`)
    } catch (error) {
      failed(error)
      later()
    }
    if (stopped) await client.end()
  }
  const send = async (): Promise<void> => {
    more = false
    await database.system((sql) => sql`select pg_notify(${CHANNEL}, '')`).catch(failed)
    if (more) return send()
    telling = false
  }

  connect().catch(failed)
  return {
    tell() {
      more = true
      if (telling) return
      telling = true
      send().catch(failed)
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await current?.end().catch(() => {})
    },
  }
}
