import { echoFor, inTurn, withHotHub } from './hot.ts'
import { rawRequest } from './processes.ts'
import { type Finding, round } from './result.ts'

const ECHO_SHARE_MIN = 0.4

/** Measures `GET /v1/tasks/:key` on hot data against a bare echo. */
export const bench = (): Promise<Finding> =>
  withHotHub(async ({ port, key, load }) => {
    const headers = { authorization: `Bearer ${key}`, accept: 'application/json' }
    const request = rawRequest({ method: 'GET', path: '/v1/tasks/HOT-1', headers })
    const ours = { name: 'ours', port, request, expects: 'HOT-1' }
    const echo = await echoFor(load, ours)
    try {
      const rates = await inTurn(load, [
        ours,
        { ...ours, name: 'echo', port: echo.port, expects: 'xxx' },
      ])
      const [value = 0, bare = 0] = [...rates.values()]
      return {
        name: 'http-hot',
        value,
        unit: 'requests/s',
        baseline: 'bare node:http JSON echo',
        baselineValue: bare,
        ratio: round(value / bare),
        budget: `>= ${ECHO_SHARE_MIN} of the echo`,
        met: value / bare >= ECHO_SHARE_MIN,
      }
    } finally {
      await echo.stop()
    }
  })
