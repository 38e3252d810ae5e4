import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { z } from 'zod'
import { later } from './ground.ts'

// An agent program as far as this journey needs one: it reads its configuration and the variable
// as such programs do, and then calls tools. It knows nothing but what the page has shown.

const Configuration = z.object({
  mcpServers: z.object({
    guildhall: z.object({
      type: z.literal('http'),
      url: z.url(),
      headers: z.record(z.string(), z.string()),
    }),
  }),
})
const Said = z.object({
  content: z.array(z.object({ text: z.string() })).min(1),
  isError: z.boolean().optional(),
})

/** What a tool said, and whether that was a refusal. */
export type Answer = Readonly<{ text: string; isError: boolean }>

/** An agent at work: it calls tools of the hall by their names. */
export type Agent = Readonly<{
  call(name: string, args?: Readonly<Record<string, unknown>>): Promise<Answer>
  /** Calls a tool that has to work; gives what it said. */
  ask(name: string, args?: Readonly<Record<string, unknown>>): Promise<string>
}>

/** Starts an agent program with the texts that the connect wizard shows. */
export const startAgent = async (exported: string, configuration: string): Promise<Agent> => {
  const [, variable = '', value = ''] = /^export (\w+)=(\S+)$/.exec(exported) ?? []
  const { url, headers } = Configuration.parse(JSON.parse(configuration)).mcpServers.guildhall
  const filled = Object.entries(headers).map(([name, text]) => [
    name,
    text.replaceAll(`\${${variable}}`, value),
  ])
  const client = new Client({ name: 'newcomer', version: '1' })
  const requestInit = { headers: Object.fromEntries(filled) }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  later(() => client.close())
  const call: Agent['call'] = async (name, args = {}) => {
    const answer = Said.parse(await client.callTool({ name, arguments: { ...args } }))
    return { text: answer.content[0]?.text ?? '', isError: answer.isError === true }
  }
  return {
    call,
    async ask(name, args) {
      const { text, isError } = await call(name, args)
      if (isError) throw new Error(`${name}: ${text}`)
      return text
    },
  }
}

/** Reads a brief: which task it is about, and under which lease it is held. */
export const briefOf = (text: string): Readonly<{ key: string; lease: string }> => {
  const [, key, lease] = /^(\S+-\d+) .*\blease (\S+#\d+)\b/m.exec(text) ?? []
  if (key === undefined || lease === undefined) throw new Error(`This is no brief: ${text}`)
  return { key, lease }
}
