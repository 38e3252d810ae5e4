/** A mail: plain text to one address. */
export type Mail = Readonly<{ to: string; subject: string; text: string }>

const mail = (to: string, subject: string, lines: readonly string[]): Mail => ({
  ...{ to, subject },
  text: `${lines.join('\n\n')}\n`,
})

/** Writes the mail that carries an invitation. */
export const invitationMail = (to: string, link: string): Mail =>
  mail(to, 'You are invited to Guildhall', [
    'Somebody invites you to work with them in Guildhall.',
    `Open this link within seven days:\n${link}`,
    'If you do not know what this is about, do nothing.',
  ])

/** Writes the mail that carries a link for a new password. */
export const resetMail = (to: string, link: string): Mail =>
  mail(to, 'A new password for Guildhall', [
    'Somebody, you we hope, asked for a new password.',
    `Open this link within an hour:\n${link}`,
    'If it was not you, do nothing; your password stays as it is.',
  ])

/** Writes the mail by which somebody shows that an address is theirs. */
export const checkMail = (to: string, link: string): Mail =>
  mail(to, 'Is this your address?', [
    'Somebody, you we hope, gave this address in Guildhall.',
    `Open this link within a day to say that it is yours:\n${link}`,
    'If it was not you, do nothing.',
  ])
