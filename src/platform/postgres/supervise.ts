import { freeTheWay, isGone, launch } from './adopt.ts'
import {
  doesNotStart,
  type Ground,
  LaunchFailed,
  lastWords,
  type Server,
  stopProcess,
} from './launch.ts'
import { pause } from './processes.ts'

/** Whether requests can count on the database: yes; soon again; not until somebody looks at it. */
export type DatabaseState = 'up' | 'starting' | 'away'

const WAIT_FIRST_MS = 200
const WAIT_MAX_MS = 5_000
const WAIT_AWAY_MS = 30_000
const EXITS_MAX = 5
const EXITS_WINDOW_MS = 60_000

/** Keeps one server running from `start()` to `stop()`: what ends by itself is started again. */
export class Supervisor {
  readonly #ground: Ground
  readonly #stopping: AbortController
  #server: Server | undefined
  #state: DatabaseState = 'starting'
  #watching: Promise<void> = Promise.resolve()
  #stopped: Promise<void> | undefined
  #exits: number[] = []

  constructor(ground: Omit<Ground, 'stopping'>) {
    this.#stopping = new AbortController()
    this.#ground = { ...ground, stopping: this.#stopping.signal }
  }

  state(): DatabaseState {
    return this.#state
  }

  /** Brings the server up for the first time and gives its socket directory, or refuses. */
  async start(): Promise<string> {
    for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
      try {
        this.#server = await launch(this.#ground)
        break
      } catch (error) {
        if (!(error instanceof LaunchFailed)) throw error
        if (this.#countExit() >= EXITS_MAX) throw doesNotStart(this.#ground, error.message)
        await pause(waitMs, this.#stopping.signal)
      }
    }
    this.#state = 'up'
    this.#watching = this.#watch()
    return this.#server.socketDir
  }

  /** Stops the server, as often as it is called; resolves when it has gone or cannot be moved. */
  stop(): Promise<void> {
    this.#stopped ??= this.#end()
    return this.#stopped
  }

  async #end(): Promise<void> {
    this.#stopping.abort()
    if (this.#server !== undefined) await this.#stopServer(this.#server)
    await this.#watching
    this.#state = 'away'
  }

  async #stopServer(server: Server): Promise<void> {
    const gone = () => isGone(this.#ground, server.pid)
    const isDown = await stopProcess(server.pid, server.adopted ? gone : server.ended)
    if (!isDown) this.#ground.log('PostgreSQL did not stop.', { pid: server.pid })
  }

  async #watch(): Promise<void> {
    while (this.#server !== undefined) {
      const said = await this.#server.ended
      if (this.#stopping.signal.aborted) return
      this.#state = 'starting'
      this.#ground.log('PostgreSQL has ended by itself.', { reason: lastWords(said) })
      const server = await this.#startAgain(said)
      if (server === undefined) return
      // The hub may have been stopped just before this one was up.
      if (this.#stopping.signal.aborted) return this.#stopServer(server)
      this.#server = server
      this.#state = 'up'
      this.#ground.log('PostgreSQL is up again.', { pid: server.pid })
    }
  }

  // Never gives up: the disk may get room, the administrator may come.
  async #startAgain(said: string): Promise<Server | undefined> {
    let reason = said
    for (let waitMs = WAIT_FIRST_MS; ; waitMs = Math.min(waitMs * 2, WAIT_MAX_MS)) {
      const isAway = this.#countExit() >= EXITS_MAX
      if (isAway) this.#state = 'away'
      await pause(isAway ? WAIT_AWAY_MS : waitMs, this.#stopping.signal)
      if (this.#stopping.signal.aborted) return undefined
      try {
        await freeTheWay(this.#ground, reason)
        return await launch(this.#ground)
      } catch (error) {
        reason = error instanceof LaunchFailed ? error.said : ''
        const message = error instanceof Error ? error.message : String(error)
        this.#ground.log('PostgreSQL could not be started again.', { reason: message })
      }
    }
  }

  #countExit(): number {
    const now = performance.now()
    this.#exits = [...this.#exits, now].filter((at) => now - at < EXITS_WINDOW_MS)
    return this.#exits.length
  }
}
