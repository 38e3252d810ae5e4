import type { Json } from '../json.ts'

/** What the form of rules keeps: texts, where an empty one means that nothing is said. */
export type Draft = Readonly<{
  enabled: string
  effect: string
  reads: string
  untrusted: string
  egress: string
  approval: string
  needs: string
  projects: readonly string[]
  holders: string
  kinds: readonly string[]
  perMinute: string
  timeoutS: string
  resultKb: string
  retrySafe: string
}>

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
const yesNo = (value: unknown): string => (typeof value === 'boolean' ? String(value) : '')
const numberOf = (value: unknown, unit = 1): string =>
  typeof value === 'number' ? String(value / unit) : ''
const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

/** Writes rules down as their form shows them. */
export const draftOf = (rules: Json): Draft => ({
  enabled: yesNo(rules['enabled']),
  effect: textOf(rules['effect']),
  reads: textOf(rules['reads']),
  untrusted: yesNo(rules['untrusted']),
  egress: textOf(rules['egress']),
  approval: textOf(rules['approval']),
  needs: numberOf(rules['needs']),
  projects: listOf(rules['projects']),
  holders: listOf(rules['holders']).join(', '),
  kinds: listOf(rules['kinds']),
  perMinute: numberOf(rules['perMinute']),
  timeoutS: numberOf(rules['timeoutMs'], 1000),
  resultKb: numberOf(rules['resultBytesMax'], 1000),
  retrySafe: yesNo(rules['retrySafe']),
})

/** Reads rules out of their form; what it left empty is not said. */
export const rulesIn = (draft: Draft): Json => {
  const handles = draft.holders.split(/[\s,]+/).flatMap((one) => one.replace(/^@/, '') || [])
  const said = (name: keyof Draft) => (draft[name] === '' ? {} : { [name]: draft[name] })
  const flag = (name: keyof Draft) => (draft[name] === '' ? {} : { [name]: draft[name] === 'true' })
  const figure = (name: string, text: string, unit = 1) =>
    text.trim() === '' ? {} : { [name]: Math.round(Number(text) * unit) }
  return {
    ...flag('enabled'),
    ...said('effect'),
    ...said('reads'),
    ...flag('untrusted'),
    ...said('egress'),
    ...said('approval'),
    ...figure('needs', draft.needs),
    ...(draft.projects.length > 0 && { projects: draft.projects }),
    ...(handles.length > 0 && { holders: handles }),
    ...(draft.kinds.length > 0 && { kinds: draft.kinds }),
    ...figure('perMinute', draft.perMinute),
    ...figure('timeoutMs', draft.timeoutS, 1000),
    ...figure('resultBytesMax', draft.resultKb, 1000),
    ...flag('retrySafe'),
  }
}

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  enabled: { true: 'switched on', false: 'switched off' },
  effect: { read: 'only reads', write: 'writes', destroy: 'destroys' },
  reads: {
    public: 'reads what is public',
    private: 'reads our own data',
    sensitive: 'reads what must not leave',
  },
  untrusted: { true: 'answers may hold words of strangers', false: 'answers are our own words' },
  egress: {
    none: 'gives nothing away',
    internal: 'gives things inside',
    external: 'gives things to the outside',
  },
  approval: {
    default: 'asks when it is risky',
    never: 'never asks for approval',
    always: 'every call is approved',
  },
  needs: { '1': 'by one person', '2': 'by two persons' },
  retrySafe: { true: 'may be repeated after a failure', false: 'is never repeated' },
}

/** Says rules in short sentences. */
export const saidRules = (rules: Json): readonly string[] =>
  Object.entries(rules).flatMap(([name, value]) => {
    const words = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined
    const said = words?.[String(value)]
    return said ?? figureSaid(name, value)
  })

const figureSaid = (name: string, value: unknown): readonly string[] => {
  const list = listOf(value)
  switch (name) {
    case 'projects':
      return [list.length === 0 ? 'in no project' : `only in ${list.join(', ')}`]
    case 'holders':
      return [
        list.length === 0 ? 'for nobody' : `only for ${list.map((one) => `@${one}`).join(', ')}`,
      ]
    case 'kinds':
      return [`only for callers that are: ${list.join(', ')}`]
    case 'perMinute':
      return [`${String(value)} calls a minute for each caller`]
    case 'timeoutMs':
      return [`${Number(value) / 1000} s for a call`]
    case 'resultBytesMax':
      return [`${Number(value) / 1000} KB for an answer`]
    default:
      return []
  }
}
