import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { smtpMailer } from './smtp-mailer.ts'

type Heard = { commands: string[]; data: string }

/** A mail server that takes everything, or refuses recipients; it remembers what it heard. */
const mailServer = async (answers: Readonly<Record<string, string>> = {}) => {
  const heard: Heard = { commands: [], data: '' }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let inData = false
    let rest = ''
    const say = (line: string) => socket.write(`${line}\r\n`)
    say('220 here')
    socket.on('data', (chunk) => {
      rest += chunk.toString('utf8')
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (inData) {
          if (line === '.') say('250 kept')
          else heard.data += `${line}\n`
          inData = line !== '.'
          continue
        }
        heard.commands.push(line)
        const word = line.split(/[ :]/)[0]?.toUpperCase() ?? ''
        inData = word === 'DATA'
        say(
          answers[word] ?? (word === 'DATA' ? '354 go on' : word === 'QUIT' ? '221 bye' : '250 ok'),
        )
      }
    })
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  opened.push(stop)
  return { heard, url: `smtp://127.0.0.1:${port}?from=hall@example.org` }
}

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of opened.splice(0)) await stop()
})

const mail = { to: 'ada@example.org', subject: 'Grüße', text: 'Open this link:\nhttp://x/#a.b.c\n' }

test('a mail reaches the server with its sender, its recipient and its text', async () => {
  const { heard, url } = await mailServer()
  await smtpMailer(url)?.send(mail)
  expect(heard.commands).toContain('MAIL FROM:<hall@example.org>')
  expect(heard.commands).toContain('RCPT TO:<ada@example.org>')
  expect(heard.data).toContain('http://x/#a.b.c')
  expect(heard.data).toMatch(/^Subject: =\?UTF-8\?/m)
})

test('an address with line feeds writes no header of its own', async () => {
  const { heard, url } = await mailServer()
  const to = 'ada@example.org\r\nBcc: eve@example.org'
  const subject = 'Hello\r\nBcc: eve@example.org'
  await smtpMailer(url)
    ?.send({ ...mail, to, subject })
    .catch(() => {})
  expect(heard.commands.filter((line) => line.includes('eve'))).not.toContain(
    'RCPT TO:<eve@example.org>',
  )
  expect(heard.data).not.toMatch(/^Bcc:/m)
})

test('a server that does not take a mail, or is away, is a failure to try again', async () => {
  const { url } = await mailServer({ RCPT: '451 later' })
  await expect(smtpMailer(url)?.send(mail)).rejects.toThrow('451')
  await expect(smtpMailer('smtp://127.0.0.1:1')?.send(mail)).rejects.toThrow('ECONNREFUSED')
})

test('a password is not sent over a way that is not encrypted', async () => {
  const { heard, url } = await mailServer({ STARTTLS: '502 no' })
  const secret = 'smtp-password'
  const withUser = url.replace('smtp://', `smtp://hall:${secret}@`)
  await expect(smtpMailer(withUser)?.send(mail)).rejects.toThrow('STARTTLS')
  const coded = Buffer.from(secret).toString('base64')
  expect(heard.commands.join()).not.toMatch(new RegExp(`AUTH|${secret}|${coded}`))
})

test('without an address there is no mailer', () => {
  expect(smtpMailer(null)).toBeNull()
  expect(smtpMailer('')).toBeNull()
})
