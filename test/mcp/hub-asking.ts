import { modern } from '../mcp-door.ts'
import type { HubDoor } from './hub-door.ts'

/** Whatever a hub answered: tests say what they expect of it. */
export type Json = ReturnType<typeof JSON.parse>

type Asking = Readonly<{ key?: string; capabilities?: object; headers?: Record<string, string> }>

/** Makes what sends stateless requests to profiles of a hub. */
export const askingAt = (hub: () => HubDoor) => {
  const send = (profile: string, method: string, params: Json, asking: Asking) => {
    const { key = hub().ownerKey, capabilities = {}, headers = {} } = asking
    const meta = { 'io.modelcontextprotocol/clientCapabilities': capabilities }
    const sent = modern(method, params, { meta, headers })
    const { taskId } = params
    return fetch(hub().at(profile), {
      method: 'POST',
      headers: {
        ...sent.headers,
        ...(taskId !== undefined && { 'mcp-name': taskId }),
        'content-type': 'application/json',
        authorization: `Bearer ${key}`,
      },
      body: String(sent.body),
    })
  }
  /** Sends one request and gives its answer. */
  const ask = async (profile: string, method: string, params: Json = {}, asking: Asking = {}) => {
    const response = await send(profile, method, params, asking)
    const text = await response.text()
    const body: Json = text.startsWith('{') ? JSON.parse(text) : { text }
    return { status: response.status, result: body['result'], error: body['error'] }
  }
  /** Calls a tool. */
  const call = (profile: string, name: string, args: object = {}, asking: Asking = {}) =>
    ask(profile, 'tools/call', { name, arguments: args }, asking)
  /** Opens a stream of changes; gives what has come on it so far, and its end. */
  const listen = async (profile: string, notifications: object, asking: Asking = {}) => {
    const response = await send(profile, 'subscriptions/listen', { notifications }, asking)
    const heard: Json[] = []
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const read = async () => {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
        if (done) return
        for (const line of value?.split('\n') ?? []) {
          if (line.startsWith('data: ')) heard.push(JSON.parse(line.slice('data: '.length)))
        }
      }
    }
    const reading = read().catch(() => {})
    return {
      heard,
      async close() {
        await reader?.cancel()
        await reading
      },
    }
  }
  return { ask, call, listen }
}
