import type { TestHub } from '../../test/hub.ts'

/** Asks a hub by method and path below its version: `POST /tasks`. */
export type Call = (route: string, body?: object, key?: string) => Promise<unknown>

/** Makes calls to a hub, as its owner where no key is given; refusals are thrown. */
export const callOn =
  (hub: TestHub): Call =>
  async (route, body, key) => {
    const [method = '', path = ''] = route.split(' ')
    const answer = await hub.api(method, `/v1${path}`, body, key)
    if (answer.status === 200) return answer.body
    throw new Error(`${route}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
