import { rm } from 'node:fs/promises'
import { newHome, startTestHub } from '../test/hub.ts'
import { openHome } from '../src/platform/home.ts'
import { startEmbedded } from '../src/platform/postgres/embedded.ts'
import { type Finding, median, round } from './result.ts'

const ROUNDS = 3
const FRESH_S_MAX = 6
const WARM_S_MAX = 1.5

/** Measures the first start on a fresh home and a warm one, against the database alone. */
export const bench = async (): Promise<Finding> => {
  const [fresh, warm, bareFresh, bareWarm]: number[][] = [[], [], [], []]
  for (let turn = 0; turn < ROUNDS; turn++) {
    const first = await startTestHub()
    fresh?.push(first.startMs / 1000)
    await first.stop({ keep: true })
    const second = await startTestHub({ home: first.home })
    warm?.push(second.startMs / 1000)
    await second.stop()
    const home = await newHome()
    bareFresh?.push(await databaseAlone(home))
    bareWarm?.push(await databaseAlone(home))
    await rm(home, { recursive: true, force: true })
  }
  const [value, warmValue] = [median(fresh ?? []), median(warm ?? [])]
  const [baselineValue, warmBaseline] = [median(bareFresh ?? []), median(bareWarm ?? [])]
  return {
    name: 'start',
    value: round(value),
    unit: 's, first start on a fresh home',
    baseline: 'making and starting the embedded PostgreSQL alone',
    baselineValue: round(baselineValue),
    ratio: round(value / baselineValue),
    budget: `fresh < ${FRESH_S_MAX} s, warm < ${WARM_S_MAX} s`,
    met: value < FRESH_S_MAX && warmValue < WARM_S_MAX,
    also: [
      {
        unit: 's, warm start',
        value: round(warmValue),
        baseline: 'starting the embedded PostgreSQL alone',
        baselineValue: round(warmBaseline),
        ratio: round(warmValue / warmBaseline),
      },
    ],
  }
}

/** Starts and stops a home's database without a hub; gives the seconds of its start. */
const databaseAlone = async (path: string): Promise<number> => {
  const home = await openHome({ path, say: () => {} })
  try {
    const begun = performance.now()
    const database = await startEmbedded({ home: home.path, log: () => {} })
    const seconds = (performance.now() - begun) / 1000
    await database.stop()
    return seconds
  } finally {
    await home.release()
  }
}
