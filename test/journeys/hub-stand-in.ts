// Holds a home and its database as a hub does, for journeys that kill it.
import { once } from 'node:events'
import { openHome } from '../../src/platform/home.ts'
import { startEmbedded } from '../../src/platform/postgres/embedded.ts'

const [path = '', mode] = process.argv.slice(2)
const fsync = mode === 'durable'
const home = await openHome({ path, say: () => {} })
const database = await startEmbedded({ home: home.path, log: () => {}, fsync })
await home.writeHubFile({ pid: process.pid, address: 'http://127.0.0.1:0' })
// Nothing else keeps this process alive.
const life = setInterval(() => {}, 60_000)
const asked = once(process, 'SIGTERM')
console.log(JSON.stringify(database.target))
await asked
clearInterval(life)
await database.stop()
await home.release()
