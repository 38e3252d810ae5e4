import type { IncomingMessage } from 'node:http'
import { clientAddress } from '../client-address.ts'

/** Makes the reader of callers' addresses: the socket's, or what trusted proxies say. */
export const addressReader =
  (trusted: readonly string[]) =>
  ({ socket, headers }: IncomingMessage): string | undefined =>
    clientAddress(socket.remoteAddress, headers, trusted)
