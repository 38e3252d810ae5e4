import { generateKeyPairSync, sign } from 'node:crypto'

// A self-signed certificate, made as it is needed: no key lies in the repository, and no program
// has to be installed. X.509 in DER, as little of it as TLS asks for.

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const size = body.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)
const hex = (text: string) => Buffer.from(text, 'hex')
const text = (tag: number, value: string) => der(tag, Buffer.from(value))

const ECDSA_WITH_SHA256 = sequence(der(0x06, hex('2a8648ce3d040302')))
const COMMON_NAME = der(0x06, hex('550403'))
const SUBJECT_ALT_NAME = der(0x06, hex('551d11'))

/** A certificate and its key, as TLS servers take them. */
export type Certificate = Readonly<{ cert: string; key: string }>

/** Makes a certificate for one name that nobody but its maker has signed. */
export const selfSigned = (name: string): Certificate => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const who = sequence(der(0x31, sequence(COMMON_NAME, text(0x0c, name))))
  const names = sequence(text(0x82, name))
  const body = sequence(
    der(0xa0, der(0x02, hex('02'))), // version 3
    der(0x02, hex('01')),
    ECDSA_WITH_SHA256,
    who,
    sequence(text(0x17, '200101000000Z'), text(0x17, '491231235959Z')),
    who,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, names)))),
  )
  const signature = sign('sha256', body, privateKey)
  const whole = sequence(body, ECDSA_WITH_SHA256, der(0x03, hex('00'), signature))
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n')
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
