import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { secondLineServer } from './second-line-server.ts'

// A server over stdio of the stateless era.
const seen = { cancelled: 0, calls: [] }
serveStdio(() => secondLineServer(seen))
