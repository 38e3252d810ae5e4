import { echoFor, inTurn, withHotHub } from './hot.ts'
import { baselineServer, rawToolCall } from './processes.ts'
import { type Finding, round } from './result.ts'

const ECHO_SHARE_MIN = 0.5
const SDK_TIMES_MIN = 8

/** Measures `tools/call` on hot data against a bare echo and the official SDK's server. */
export const bench = (): Promise<Finding> =>
  withHotHub(async ({ port, key, load }) => {
    const request = rawToolCall(key, 'task_get', { ids: ['HOT-1'] })
    const ours = { name: 'ours', port, request, expects: 'HOT-1' }
    const echo = await echoFor(load, ours)
    const sdk = await baselineServer('mcp', 'HOT-1 todo Task 1 of a backlog that somebody has')
    try {
      const rates = await inTurn(load, [
        ours,
        { ...ours, name: 'echo', port: echo.port, expects: 'xxx' },
        { ...ours, name: 'sdk', port: sdk.port },
      ])
      const [value = 0, bare = 0, official = 0] = [...rates.values()]
      return {
        name: 'mcp-hot',
        value,
        unit: 'requests/s',
        baseline: 'bare node:http JSON echo',
        baselineValue: bare,
        ratio: round(value / bare),
        budget: `>= ${ECHO_SHARE_MIN} of the echo, >= ${SDK_TIMES_MIN} x the official McpServer`,
        met: value / bare >= ECHO_SHARE_MIN && value / official >= SDK_TIMES_MIN,
        also: [
          {
            baseline: 'official McpServer, one per request',
            baselineValue: official,
            ratio: round(value / official),
            met: value / official >= SDK_TIMES_MIN,
          },
        ],
      }
    } finally {
      await Promise.all([echo.stop(), sdk.stop()])
    }
  })
