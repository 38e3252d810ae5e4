import type { Mailer } from '../application/sign-in-ports.ts'

const CONNECT_MS = 10_000

/**
 * Makes the mailer behind an address like `smtps://user:password@host:465?from=hall@example.org`;
 * `null` where there is none. The library is loaded with the first mail.
 */
export const smtpMailer = (address: string | null): Mailer | null => {
  if (!address) return null
  const url = new URL(address)
  const secure = url.protocol === 'smtps:'
  const user = decodeURIComponent(url.username)
  const from = url.searchParams.get('from') || user
  const options = {
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    // Plain servers are for the own machine; with a password the way has to be encrypted.
    requireTLS: !secure && user !== '',
    ...(user !== '' && { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  return {
    async send({ to, subject, text }) {
      const { createTransport } = await import('nodemailer')
      const transport = createTransport(options)
      try {
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text })
      } finally {
        transport.close()
      }
    },
  }
}
