// Goes into the process of a program that we measure ours against, before anything of it
// (`--import`). Such a program may listen on every address of the machine, and ask the network for
// things: here it listens on 127.0.0.1 at a port that is free, reaches nothing else, and says which
// port that is.
import { Server, Socket } from 'node:net'

const LOOPBACK = '127.0.0.1'
const LOCAL: ReadonlySet<unknown> = new Set([LOOPBACK, 'localhost', '::1'])

const { listen } = Server.prototype
const { connect } = Socket.prototype

const isOptions = (word: unknown): word is object => typeof word === 'object' && word !== null

Server.prototype.listen = function listenHere(...words: unknown[]) {
  const [first] = words
  const ready = words.find((word) => typeof word === 'function')
  if (isOptions(first) && 'path' in first) throw new Error('It may listen on a port only.')
  this.once('listening', () => {
    const address = this.address()
    if (typeof address === 'object' && address !== null) process.send?.({ port: address.port })
  })
  Reflect.apply(listen, this, [{ port: 0, host: LOOPBACK }, ...(ready ? [ready] : [])])
  return this
}

Socket.prototype.connect = function connectHere(...words: unknown[]) {
  const [given] = words
  // Callers inside Node hand over their arguments as one list.
  const first: unknown = Array.isArray(given) ? given[0] : given
  const host = isOptions(first) ? Reflect.get(first, 'host') : words[1]
  const isPipe = isOptions(first) && Reflect.get(first, 'path')
  if (isPipe || LOCAL.has(host ?? LOOPBACK)) Reflect.apply(connect, this, words)
  else process.nextTick(() => this.destroy(new Error('Nothing but this machine is reached.')))
  return this
}

// Whoever measures may be killed; what was measured does not stay.
process.once('disconnect', () => process.exit(0))
