import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Dial, Way } from './connector.ts'
import { pinnedConnector } from './connector.ts'

let heard = 0
let greeted = 0
let port = 0
const server = createServer((socket) => {
  greeted += 1
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    heard += bytes.length
  })
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(() => server.close())

const asked = { hostname: 'hub.example', protocol: 'https:', port: '443' }
const open = (way: Omit<Way, 'host' | 'port'>, dial?: Dial): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const whole = { host: 'hub.example', port, ...way }
    pinnedConnector(
      whole,
      new Set(),
      dial,
    )(asked, (error, socket) => (error ? reject(error) : resolve(socket)))
  })

test.each([true, false])('a socket that ends elsewhere gets no byte (TLS: %s)', async (secure) => {
  const before = greeted
  const sockets: Socket[] = []
  const astray: Dial = () => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    return socket
  }
  const opened = open({ secure, addresses: ['93.184.216.34', '93.184.216.35'] }, astray)
  await expect(opened).rejects.toMatchObject({ code: 'platform.target_refused' })
  await expect.poll(() => greeted).toBe(before + 1)
  expect({ heard, sent: sockets.map((socket) => socket.bytesWritten) }).toEqual({
    heard: 0,
    sent: [0],
  })
  expect(sockets.every((socket) => socket.destroyed)).toBe(true)
})

test('a dead address gives way to the next checked one', async () => {
  const socket = await open({ secure: false, addresses: ['0:0:0:0:0:0:0:1', '127.0.0.1'] })
  expect(socket.remoteAddress).toBe('127.0.0.1')
  socket.destroy()
})

test('at most three addresses of one answer are tried', async () => {
  const tried: string[] = []
  const dial: Dial = ({ host }) => {
    tried.push(host)
    const socket = connect(port, '127.0.0.1')
    socket.destroy(new Error('dead'))
    return socket
  }
  const addresses = ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4']
  await expect(open({ secure: false, addresses }, dial)).rejects.toThrow('dead')
  expect(tried).toEqual(['1.1.1.1', '1.1.1.2', '1.1.1.3'])
})
