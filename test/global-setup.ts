import type { TestProject } from 'vitest/node'
import type { DatabaseTarget } from '../src/platform/postgres/target.ts'
import { startTestServer, type TestServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run; a test file clones `template` into a database of its own. */
    target: DatabaseTarget
  }
}

let server: TestServer | undefined

/** Starts the one server of a test run and hands its address to every test file. */
export const setup = async (project: TestProject): Promise<void> => {
  server = await startTestServer()
  project.provide('target', server.target)
}

/** Stops the server of the run and removes its files. */
export const teardown = async (): Promise<void> => {
  await server?.stop()
}
