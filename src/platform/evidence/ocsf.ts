// Events as OCSF 1.6 records, each in a CloudEvents 1.0 envelope: what security teams feed into
// their own collections. Erasable parts never leave this way; ids and public fields do.

const VERSION = '1.6.0'

/** One sealed event, as an export knows it. */
export type ExportedEvent = Readonly<{
  id: string
  name: string
  subject: string
  actor: string | null
  happenedAt: number
  data: Readonly<Record<string, unknown>>
  pos: number
  hash: Uint8Array
}>

type ClassName =
  | 'account_change'
  | 'authentication'
  | 'entity_management'
  | 'user_access'
  | 'api_activity'

const CLASSES = {
  account_change: { uid: 3001, category: 3, name: 'Account Change' },
  authentication: { uid: 3002, category: 3, name: 'Authentication' },
  entity_management: { uid: 3004, category: 3, name: 'Entity Management' },
  user_access: { uid: 3005, category: 3, name: 'User Access Management' },
  api_activity: { uid: 6003, category: 6, name: 'API Activity' },
} as const

/** Which class an event belongs to, by the words of its name; the first that fits. */
const RULES: readonly (readonly [RegExp, ClassName])[] = [
  [/^identity\.(signed_|sign_in|session|login|logout)/, 'authentication'],
  [/^identity\.\w*(signed_in|signed_out|sign_in_failed|session_ended)/, 'authentication'],
  [/^identity\.(grant|role_(given|taken)|team_member|delegation|member)/, 'user_access'],
  [
    /^identity\.(principal|person|password|factor|totp|passkey|backup_code|email)/,
    'account_change',
  ],
  [/^identity\.(identity_link|link|invitation|subject|recovery|reset)/, 'account_change'],
  [/^identity\./, 'entity_management'],
  [/^platform\.(signing_key|secret|org_key|root_key|key|ledger)/, 'entity_management'],
  [/^tools\.(secret|connection|lease)/, 'entity_management'],
]

const VERBS: readonly (readonly [RegExp, Verb])[] = [
  [/(created|added|issued|made|invited|registered|enrolled|opened|started|imported)$/, 'create'],
  [/(read|shown|exported|listed|explained)$/, 'read'],
  [/(deleted|removed|revoked|erased|dropped|destroyed|ended|withdrawn|archived)$/, 'delete'],
  [/(changed|set|renamed|rotated|updated|moved|saved|reset|restored|given|taken)$/, 'update'],
]
type Verb = 'create' | 'read' | 'update' | 'delete'

type Activity = Readonly<{ id: number; name: string }>
const OTHER: Activity = { id: 99, name: 'Other' }

const GENERAL: Readonly<Record<Verb, Activity>> = {
  create: { id: 1, name: 'Create' },
  read: { id: 2, name: 'Read' },
  update: { id: 3, name: 'Update' },
  delete: { id: 4, name: 'Delete' },
}

const classOf = (name: string): ClassName =>
  RULES.find(([pattern]) => pattern.test(name))?.[1] ?? 'api_activity'

const activityOf = (kind: ClassName, { name, data }: ExportedEvent): Activity => {
  const verb = VERBS.find(([pattern]) => pattern.test(name))?.[1]
  switch (kind) {
    case 'authentication':
      return /(signed_out|ended|logout|revoked)$/.test(name)
        ? { id: 2, name: 'Logoff' }
        : { id: 1, name: 'Logon' }
    case 'user_access':
      return /(taken|removed|revoked|ended|withdrawn)$/.test(name)
        ? { id: 2, name: 'Revoke Privileges' }
        : { id: 1, name: 'Assign Privileges' }
    case 'account_change':
      return accountActivity(name, data, verb)
    default:
      return verb ? GENERAL[verb] : OTHER
  }
}

const accountActivity = (
  name: string,
  data: Readonly<Record<string, unknown>>,
  verb: Verb | undefined,
): Activity => {
  if (/password_reset|reset/.test(name)) return { id: 4, name: 'Password Reset' }
  if (/password/.test(name)) return { id: 3, name: 'Password Change' }
  if (/factor|totp|passkey|backup_code/.test(name)) {
    return verb === 'delete'
      ? { id: 11, name: 'MFA Factor Disable' }
      : { id: 10, name: 'MFA Factor Enable' }
  }
  const to = fieldOf(data['status'], 'to')
  if (to === 'active') return { id: 2, name: 'Enable' }
  if (to === 'suspended') return { id: 5, name: 'Disable' }
  if (to === 'removed' || verb === 'delete') return { id: 6, name: 'Delete' }
  return verb === 'create' ? { id: 1, name: 'Create' } : OTHER
}

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === field)?.[1]
    : undefined

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

const STATUS: Readonly<Record<string, Activity>> = {
  ok: { id: 1, name: 'Success' },
  refused: { id: 2, name: 'Failure' },
  failed: { id: 2, name: 'Failure' },
}
const UNKNOWN: Activity = { id: 0, name: 'Unknown' }

const USER_TYPES: Readonly<Record<string, Activity>> = {
  person: { id: 1, name: 'User' },
  system: { id: 3, name: 'System' },
}

const userOf = (id: string | null, kind: string | undefined) => {
  const type = USER_TYPES[kind ?? ''] ?? { id: 99, name: kind ?? 'Other' }
  return { uid: id ?? 'unknown', type_id: type.id, type: type.name }
}

/** The fields that one class asks for beyond the common ones. */
const ownFields = (kind: ClassName, event: ExportedEvent, audit: unknown) => {
  const about = textOf(event.data['principalId']) ?? event.subject
  const role = textOf(event.data['role'])
  switch (kind) {
    case 'authentication':
    case 'account_change':
      return { user: { uid: about } }
    case 'user_access':
      return { user: { uid: about }, privileges: role === undefined ? [event.name] : [role] }
    case 'entity_management':
      return { entity: { uid: event.subject, type: entityOf(event.name) } }
    case 'api_activity':
      return {
        api: { operation: textOf(fieldOf(audit, 'op')) ?? event.name },
        src_endpoint: { name: textOf(fieldOf(audit, 'door')) ?? 'unknown' },
        resources: [{ uid: event.subject, type: entityOf(event.name) }],
      }
  }
}

const entityOf = (name: string): string => {
  const words = name.slice(name.indexOf('.') + 1).split('_')
  return words.slice(0, -1).join('_') || name
}

/** Turns a sealed event into an OCSF record. */
export const ocsfOf = (event: ExportedEvent) => {
  const { audit, ...data } = event.data
  const kind = classOf(event.name)
  const { uid, category, name } = CLASSES[kind]
  const failed = /failed|refused/.test(event.name)
  const outcome = failed ? 'refused' : textOf(fieldOf(audit, 'out'))
  const status = STATUS[outcome ?? ''] ?? UNKNOWN
  const activity = activityOf(kind, event)
  const severity = status.id === 2 ? { id: 3, name: 'Medium' } : { id: 1, name: 'Informational' }
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: category,
    class_uid: uid,
    class_name: name,
    type_uid: uid * 100 + activity.id,
    severity_id: severity.id,
    severity: severity.name,
    status_id: status.id,
    status: status.name,
    time: event.happenedAt,
    message: event.name,
    metadata: {
      version: VERSION,
      product: { name: 'Guildhall', vendor_name: 'Guildhall' },
      uid: event.id,
      sequence: event.pos,
      log_name: 'ledger',
      ...(textOf(fieldOf(audit, 'trace')) && { correlation_uid: textOf(fieldOf(audit, 'trace')) }),
    },
    actor: { user: userOf(event.actor, textOf(fieldOf(audit, 'kind'))) },
    ...ownFields(kind, event, audit),
    unmapped: { data, audit: audit ?? null, hash: Buffer.from(event.hash).toString('hex') },
  }
}

/** Puts a sealed event into a CloudEvents envelope with its OCSF record as data. */
export const cloudEventOf = (orgId: string, event: ExportedEvent) => ({
  specversion: '1.0',
  id: event.id,
  source: `urn:guildhall:${orgId}`,
  type: `guildhall.${event.name}`,
  subject: event.subject,
  time: new Date(event.happenedAt).toISOString(),
  datacontenttype: 'application/json',
  dataschema: `https://schema.ocsf.io/${VERSION}/classes/${classOf(event.name)}`,
  data: ocsfOf(event),
})
