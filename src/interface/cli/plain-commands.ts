import { EXIT, fail } from './failure.ts'
import { type CommandSpec, textOf } from './session.ts'

/** Describes `start` for help and completion; the words behind it go to the hub unread. */
export const startCommand = (
  serve: (words: readonly string[]) => Promise<number>,
): CommandSpec => ({
  path: ['start'],
  brief: 'Start Guildhall here and print its address.',
  positions: [],
  flags: [],
  run: () => serve([]),
})

/** Prints the version. */
export const versionCommand: CommandSpec = {
  path: ['version'],
  brief: 'Print the version.',
  positions: [],
  flags: [],
  run: async (_, { print, switches, version, env }) => {
    const json = JSON.stringify({ version, node: env.nodeVersion })
    print.data(switches.json ? `${json}\n` : `${version}\n`)
    return EXIT.ok
  },
}

/** Prints the settings in force and where each came from. */
export const configCommand = (settings: (json: boolean) => string): CommandSpec => ({
  path: ['config'],
  brief: 'Print the settings in force and where each came from.',
  positions: [],
  flags: [],
  run: async (_, { print, switches }) => {
    print.data(`${settings(switches.json).trimEnd()}\n`)
    return EXIT.ok
  },
})

/**
 * Prints an address that signs in once, within five minutes. The word stands behind `#`, where no
 * server and no log sees it; the key itself stays where it is.
 */
export const openCommand: CommandSpec = {
  path: ['open'],
  brief: 'Print an address that signs you in, once and soon; open it in a browser.',
  positions: [],
  flags: [],
  run: async (_, { hub, print, switches }) => {
    const key = await hub.key()
    if (key === undefined) {
      throw fail('unauthenticated', 'No key was found; name a file that holds one.', {
        code: 'cli.no_key',
        hint: 'guildhall open --key-file FILE',
      })
    }
    const answer = await hub.ask({
      method: 'POST',
      path: '/v1/sign-in-links',
      json: {},
      write: true,
      headers: { authorization: `Bearer ${key}` },
    })
    const address = linkIn(answer)
    print.data(switches.json ? `${JSON.stringify({ address })}\n` : `${address}\n`)
    return EXIT.ok
  },
}

const linkIn = (answer: unknown): string => {
  const link: unknown = typeof answer === 'object' && answer !== null && Reflect.get(answer, 'link')
  if (typeof link === 'string') return link
  throw fail('unavailable', 'The hub gave no link; look at its log.')
}

/** Serves MCP on stdin and stdout, by way of the running hub. */
export const bridgeCommand: CommandSpec = {
  path: ['mcp'],
  brief: 'Serve MCP on stdin and stdout, by way of the running hub; agents start this.',
  positions: [],
  flags: [
    {
      name: 'profile',
      brief: 'Offer the tools of this profile',
      kind: 'value',
      placeholder: 'name',
    },
  ],
  run: async (given, session) => {
    const profile = textOf(given, 'profile')
    const home = await session.hub.url()
    const path = profile === undefined ? '' : `/p/${encodeURIComponent(profile)}`
    const target = { url: `${home}/agent/mcp${path}`, home, key: await session.hub.key() }
    // Loaded only here: the protocol's package costs every other command 100 ms.
    const { runBridge } = await import('./mcp-bridge.ts')
    await runBridge(target, session)
    return EXIT.ok
  },
}
