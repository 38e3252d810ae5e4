import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect, isIP } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { buildConnector } from 'undici'
import { Refusal } from '../../kernel/refusal.ts'
import { canonicalAddress } from './address.ts'
import { targetAway, targetRefused } from './refusals.ts'

/** Opens a socket to an address; replaced only by the test that lets one end elsewhere. */
export type Dial = (to: Readonly<{ host: string; port: number }>) => Socket

/** A checked way to a target: what the URL says, and the addresses it may be reached at. */
export type Way = Readonly<{
  host: string
  port: number
  secure: boolean
  addresses: readonly string[]
}>

const CONNECT_MS = 5_000
const ADDRESSES_MAX = 3

// Every address is a literal, so that no second lookup can give another answer.
const dialPlain: Dial = ({ host, port }) => connect({ host, port, autoSelectFamily: false })

/**
 * Connects to the checked addresses and to nothing else. Where the socket really ends is looked
 * at before the first byte, which for TLS is the greeting: so TLS starts on a checked socket.
 */
export const pinnedConnector =
  (way: Way, sockets: Set<Socket>, dial: Dial = dialPlain): buildConnector.connector =>
  (_asked, callback) => {
    reach(way, sockets, dial).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : targetAway(), null),
    )
  }

const reach = async (way: Way, sockets: Set<Socket>, dial: Dial): Promise<Socket> => {
  let last: unknown = targetAway()
  for (const address of way.addresses.slice(0, ADDRESSES_MAX)) {
    const socket = dial({ host: address, port: way.port })
    keep(sockets, socket)
    try {
      return await prepare(way, socket, address)
    } catch (error) {
      socket.destroy()
      if (error instanceof Refusal) throw error
      last = error
    }
  }
  throw last
}

const prepare = async (way: Way, socket: Socket, address: string): Promise<Socket> => {
  const signal = AbortSignal.timeout(CONNECT_MS)
  await once(socket, 'connect', { signal })
  if (canonicalAddress(socket.remoteAddress ?? '') !== address) throw targetRefused()
  if (socket.remotePort !== way.port) throw targetRefused()
  socket.setNoDelay(true)
  if (!way.secure) return socket
  const secured = connectTls({
    socket,
    host: way.host, // The name that the certificate has to carry.
    ...(isIP(way.host) === 0 ? { servername: way.host } : {}),
    ALPNProtocols: ['http/1.1'],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // Said aloud: the environment can turn the default off.
  })
  secured.on('error', () => {})
  await once(secured, 'secureConnect', { signal })
  return secured
}

// An error nobody listens for would end the hub; whoever waits hears of it in its own way.
const keep = (sockets: Set<Socket>, socket: Socket): void => {
  sockets.add(socket)
  socket.on('error', () => {})
  socket.once('close', () => sockets.delete(socket))
}
