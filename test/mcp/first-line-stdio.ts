import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { firstLineServer } from './first-line-server.ts'

// A server over stdio of the era with sessions.
await firstLineServer({ cancelled: 0, calls: [] }).connect(new StdioServerTransport())
