import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js'
import * as firstHttp from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import * as firstTypes from '@modelcontextprotocol/sdk/types.js'

// The official clients of every line and era, as far as tests use them.

type Result = Readonly<{ [name: string]: unknown; content?: unknown }>
type Options = Readonly<{
  signal?: AbortSignal
  onprogress?: (progress: { progress: number }) => void
}>

/** What the clients have in common. */
export type HubClient = Readonly<{
  era: 'modern' | 'legacy'
  /** Questions that it was asked; it answers that it wants red. */
  asked: readonly string[]
  /** Log messages that it has heard. */
  logged: readonly unknown[]
  listTools(): Promise<readonly string[]>
  call(name: string, args?: Record<string, unknown>, options?: Options): Promise<Result>
  /** Calls back when the list of tools has changed, from when it comes back on. */
  onTools(changed: () => void): Promise<void>
  /** Calls back with resources that were updated. */
  onUpdated(uri: string, updated: (uri: string) => void): Promise<void>
  close(): Promise<void>
}>

/** How a client of a line and era is connected. */
export type Connect = (url: string, key: string, capabilities?: object) => Promise<HubClient>

const ABOUT = { name: 'test', version: '1' }
const ANSWER = { action: 'accept' as const, content: { colour: 'red' } }
const CAN = { elicitation: { form: {} } }

/** A client of the first line, which knows sessions only. */
export const firstClient: Connect = async (url, key, capabilities = CAN) => {
  const asked: string[] = []
  const logged: unknown[] = []
  const client = new FirstClient(ABOUT, { capabilities })
  if ('elicitation' in capabilities) {
    client.setRequestHandler(firstTypes.ElicitRequestSchema, ({ params }) => {
      asked.push(params.message)
      return ANSWER
    })
  }
  client.setNotificationHandler(firstTypes.LoggingMessageNotificationSchema, ({ params }) => {
    logged.push(params.data)
  })
  const requestInit = { headers: { Authorization: `Bearer ${key}` } }
  await client.connect(new firstHttp.StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return {
    ...{ era: 'legacy', asked, logged },
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, args = {}, options = {}) {
      const params = { name, arguments: args }
      const result = await client.callTool(params, firstTypes.CallToolResultSchema, { ...options })
      return { ...result }
    },
    async onTools(changed) {
      const schema = firstTypes.ToolListChangedNotificationSchema
      client.setNotificationHandler(schema, () => changed())
    },
    async onUpdated(uri, updated) {
      const schema = firstTypes.ResourceUpdatedNotificationSchema
      client.setNotificationHandler(schema, ({ params }) => updated(params.uri))
      await client.subscribeResource({ uri })
    },
    close: () => client.close(),
  }
}

/** A client of the second line: stateless, or with a session. */
export const secondClient =
  (mode: 'auto' | 'legacy'): Connect =>
  async (url, key, capabilities = CAN) => {
    const asked: string[] = []
    const logged: unknown[] = []
    const client = new Client(ABOUT, { capabilities, versionNegotiation: { mode } })
    if ('elicitation' in capabilities) {
      client.setRequestHandler('elicitation/create', ({ params }) => {
        asked.push(params.message)
        return ANSWER
      })
    }
    client.setNotificationHandler('notifications/message', ({ params }) => {
      logged.push(params.data)
    })
    const requestInit = { headers: { Authorization: `Bearer ${key}` } }
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
    const isModern = client.getNegotiatedProtocolVersion() === '2026-07-28'
    return {
      ...{ era: isModern ? 'modern' : 'legacy', asked, logged },
      listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: (name, args = {}, options = {}) =>
        client.callTool({ name, arguments: args }, { ...options }),
      async onTools(changed) {
        client.setNotificationHandler('notifications/tools/list_changed', () => changed())
        if (isModern) await client.listen({ toolsListChanged: true })
      },
      async onUpdated(uri, updated) {
        const heard = ({ params }: { params: { uri: string } }) => updated(params.uri)
        client.setNotificationHandler('notifications/resources/updated', heard)
        if (isModern) await client.listen({ resourceSubscriptions: [uri] })
        else await client.subscribeResource({ uri })
      },
      close: () => client.close(),
    }
  }
