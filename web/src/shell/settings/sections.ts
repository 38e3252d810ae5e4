import { type Me, mayHere } from '../../live/own/rights.ts'
import { startsAWord } from '../starts-a-word.ts'

// Every setting of the hall by its name and the words that people look for it by: the way to the
// sections, the search on their pages and the lines of the palette come from here.

/** The pages of the settings. */
export type SettingsPath =
  | '/settings/security'
  | '/settings/appearance'
  | '/settings/members'
  | '/settings/limits'
  | '/settings/data'
  | '/settings/webhooks'

type May = (me: Me | null) => boolean

/** One thing that can be set, and where on its page it stands. */
export type Setting = Readonly<{
  name: string
  anchor: string
  /** Other words that people look for it by. */
  words: string
  may?: May
}>

/** A page of settings. */
export type Section = Readonly<{
  name: string
  to: SettingsPath
  /** What it is about, in one sentence. */
  about: string
  words: string
  may?: May
  settings: readonly Setting[]
}>

const may =
  (permission: string): May =>
  (me) =>
    mayHere(me, permission)

type Called = readonly [name: string, anchor: string]

const setting = ([name, anchor]: Called, words: string, allowed?: May): Setting => ({
  ...{ name, anchor, words },
  ...(allowed !== undefined && { may: allowed }),
})

/** All pages of the settings, in their order. */
export const SECTIONS: readonly Section[] = [
  {
    ...{ name: 'Security', to: '/settings/security', words: 'profile account sign-in' },
    about: 'How you sign in, where you are signed in, and what acts in your name.',
    settings: [
      setting(['Profile', 'profile'], 'name e-mail handle address me'),
      setting(['Password', 'password'], 'change passphrase'),
      setting(['Passkeys', 'passkeys'], 'fingerprint face security key webauthn second factor'),
      setting(['Authenticator app', 'authenticator'], 'totp code second factor two-factor 2fa qr'),
      setting(['Backup codes', 'backup-codes'], 'recovery second factor lost phone'),
      setting(['Sessions', 'sessions'], 'browser device signed in sign out everywhere'),
      setting(['Linked accounts', 'accounts'], 'github google oidc provider sign in with'),
      setting(['Programs', 'programs'], 'oauth apps consent mcp client authorised'),
      setting(['API keys', 'keys'], 'token secret program script', may('key:read')),
    ],
  },
  {
    ...{ name: 'Appearance', to: '/settings/appearance', words: 'looks display interface' },
    about: 'Colours, room and keys, in this browser.',
    settings: [
      setting(['Look', 'look'], 'theme dark light night system density compact comfortable rows'),
      setting(['Keyboard', 'keyboard'], 'shortcut single keys hotkey'),
    ],
  },
  {
    ...{ name: 'Members', to: '/settings/members', words: 'organisation users access' },
    about: 'People, what they may do, and who may come in.',
    may: may('member:read'),
    settings: [
      setting(['People', 'people'], 'member user suspend shut out reset link role'),
      setting(['Invitations', 'invitations'], 'invite person link e-mail', may('member:write')),
      setting(['Teams', 'teams'], 'group projects', may('team:read')),
      setting(['Roles', 'roles'], 'permission matrix what may right access', may('role:read')),
      setting(['Sign-in', 'sign-in'], 'second factor required two-factor policy', may('org:read')),
    ],
  },
  {
    ...{ name: 'Limits', to: '/settings/limits', words: 'quota rate throttle' },
    about: 'How much people and agents may do at a time, how much of it is left, and from where.',
    settings: [
      setting(['Calls', 'calls'], 'rate per second hour import export search streams too many'),
      setting(['Tasks at a time', 'seats'], 'agent holds claims seats parallel', may('agent:read')),
      setting(['Networks', 'networks'], 'allow-list address ip cidr firewall', may('org:read')),
    ],
  },
  {
    ...{ name: 'Export and import', to: '/settings/data', words: 'backup archive move data' },
    about: 'Take everything along as a file, and bring a backlog in.',
    may: (me) => may('data:export')(me) || may('data:import')(me),
    settings: [
      setting(['Export', 'export'], 'download archive backup jsonl project', may('data:export')),
      setting(['Import', 'import'], 'upload beads backlog.md archive restore', may('data:import')),
    ],
  },
  {
    ...{ name: 'Webhooks', to: '/settings/webhooks', words: 'hook integration' },
    about: 'Other systems that call the hall, and those that are sent its events.',
    may: may('webhook:read'),
    settings: [
      setting(['Incoming', 'incoming'], 'receive github call make tasks address secret'),
      setting(['Outgoing', 'outgoing'], 'send events subscription deliveries given up'),
    ],
  },
]

/** Gives the pages that somebody may see. */
export const sectionsFor = (me: Me | null): readonly Section[] =>
  SECTIONS.filter((section) => isFor(section, me)).map((section) => ({
    ...section,
    settings: section.settings.filter((one) => isFor(one, me)),
  }))

const isFor = ({ may: allowed }: Readonly<{ may?: May }>, me: Me | null): boolean =>
  allowed?.(me) ?? true

/** A setting that was found, and the page it stands on. */
export type FoundSetting = Readonly<{ section: Section; setting: Setting | null }>

/** Finds settings by words, the best first: each word has to begin one of theirs. */
export const findSettings = (
  sections: readonly Section[],
  wanted: string,
): readonly FoundSetting[] => {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const found = sections.flatMap((section) => {
    const own = fitOf(words, section.name, `${section.words} ${section.about}`)
    const settings = section.settings.map((one) => ({
      ...{ section, setting: one },
      fit: fitOf(words, one.name, `${one.words} ${section.name}`),
    }))
    return [{ section, setting: null, fit: own }, ...settings]
  })
  return found.filter(({ fit }) => fit > 0).toSorted((a, b) => b.fit - a.fit)
}

const fitOf = (words: readonly string[], name: string, more: string): number => {
  const fits = (text: string): boolean =>
    words.every((word) => startsAWord(text.toLowerCase(), word))
  if (fits(name)) return 2
  return fits(`${name} ${more}`) ? 1 : 0
}
