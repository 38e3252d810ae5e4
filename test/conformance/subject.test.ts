import { expect, test } from 'vitest'
import type { AnyEventKind } from '../../src/kernel/event.ts'
import { migrationsOf, rooms } from '../../src/main/rooms.ts'
import { testHouse } from '../bench.ts'
import { asAdmin } from '../server.ts'

// What may say something about a person, column by column. Whoever adds such a column says here
// what an erasure does with it; the crawl in test/attack/subject.test.ts shows that it does.

/** Goes with every erasure of the person. */
const ERASED = 'erased'
/** A text that somebody wrote: goes where that is asked for. */
const CONTENT = 'content'

const COLUMNS: Readonly<Record<string, string>> = {
  'agents.approval.bound': 'ids and digests, and the name of a tool',
  'agents.approval.reason': CONTENT,
  'agents.approval.ref': 'a room and an id',
  'agents.approval.shown': CONTENT,
  'context.delegation.before': CONTENT,
  'context.delegation.data': CONTENT,
  'context.delegation.note': CONTENT,
  'context.delegation.reason': CONTENT,
  'context.node.data': CONTENT,
  'context.node.stamps': 'ids of who wrote what',
  'context.objective.metric': 'numbers and their unit',
  'context.objective.title': 'an aim of the organisation, whoever typed it',
  'identity.api_key.name': ERASED,
  'identity.external_account.subject': ERASED,
  'identity.grant.condition': ERASED,
  'identity.grant.permissions': ERASED,
  'identity.legal_hold.reason': 'no erasure while it is there',
  'identity.link.email': ERASED,
  'identity.link.gives': ERASED,
  'identity.mail.sealed': ERASED,
  'identity.oauth_consent.client_name': 'the name of a program',
  'identity.oauth_consent.redirect_uri': ERASED,
  'identity.oauth_item.payload': 'ids, in the organisation of the hub; forgotten when they expire',
  'identity.oauth_key.name': 'the name of a key of the hub',
  'identity.oauth_request.client_name': ERASED,
  'identity.oauth_request.redirect_uri': ERASED,
  'identity.org_directory.name': 'the name of an organisation',
  'identity.passkey.name': ERASED,
  'identity.person_profile.email': ERASED,
  'identity.person_profile.name': ERASED,
  'identity.principal.handle': ERASED,
  'identity.principal.skills': ERASED,
  'identity.provider.name': 'the name of an issuer',
  'identity.role.name': 'the name of a role',
  'identity.role.permissions': 'permission words',
  'identity.session.address': ERASED,
  'identity.session.agent': ERASED,
  'identity.team.name': 'the name of a team',
  'platform.backoff.name': 'the name of a limit; its key is a digest',
  'platform.consumer.name': 'the name of a reader of the ledger',
  'platform.event_private.body': ERASED,
  'platform.hub.name': 'the name of a setting of the hub',
  'platform.idempotency.response': ERASED,
  'platform.known_device.account': ERASED,
  'platform.known_device.device': ERASED,
  'platform.lease.name': 'the name of a lease of the hub',
  'platform.ledger.data': 'public fields: ids and words; what is personal stands beside them',
  'platform.ledger.name': 'the name of an event',
  'platform.ledger.subject': 'an id',
  'platform.ledger_checkpoint.note': 'a signature over the ledger',
  'platform.limit.name': 'the name of a limit',
  'platform.outbox.data': 'public fields: ids and words; what is personal stands beside them',
  'platform.outbox.name': 'the name of an event',
  'platform.outbox.subject': 'an id',
  'platform.parked.error': 'the name of a failure',
  'platform.parked.subject': 'an id',
  'tools.call_result.body': ERASED,
  'tools.connection.account': ERASED,
  'tools.definition.body': 'what a server says of its tools',
  'tools.definition.name': 'the name of a tool',
  'tools.definition.next_body': 'what a server says of its tools',
  'tools.oauth_attempt.redirect_uri': 'an address of the hub',
  'tools.oauth_client.redirect_uri': 'an address of the hub',
  'tools.parked_call.actor': ERASED,
  'tools.parked_call.args': ERASED,
  'tools.policy.rules': 'rules of a tool; persons by their ids',
  'tools.profile.name': 'the name of a choice of tools',
  'tools.profile.title': 'what the organisation calls it',
  'tools.secret.name': 'how a secret of the organisation is used',
  'tools.upstream.auth': 'where a credential goes',
  'tools.upstream.config': 'how a server is started or described',
  'tools.upstream.title': 'what the organisation calls a server',
  'tools.webhook.name': 'the name of a webhook',
  'tools.webhook.place': 'the name of a header',
  'tools.webhook.rule': 'what the organisation makes of calls',
  'tools.webhook_subscription.name': 'the name of a subscription',
  'tools.webhook_subscription.stop_reason': 'a word of the hub',
  'work.attempt.evidence': CONTENT,
  'work.attempt.summary': CONTENT,
  'work.attempt.usage': 'numbers',
  'work.board_column.name': 'the name of a column of a board',
  'work.branch.name': 'the name of a branch',
  'work.comment.body': CONTENT,
  'work.import_link.kept': ERASED,
  'work.label.name': 'a word of the organisation; imports make none of names',
  'work.project.name': 'the name of a project',
  'work.project.settings': 'switches and numbers',
  'work.question.answer': CONTENT,
  'work.question.options': CONTENT,
  'work.question.text': CONTENT,
  'work.saved_view.name': ERASED,
  'work.sprint.goal': 'an aim of a team, whoever typed it',
  'work.task.accept': CONTENT,
  'work.task.blocked_reason': CONTENT,
  'work.task.body': CONTENT,
  'work.task.labels': 'words of the organisation; imports make none of names',
  'work.task.search': CONTENT,
  'work.task.skills': 'words for what a task wants',
  'work.task.title': CONTENT,
}

/** Texts by their looks, and everything that holds JSON. */
const TELLING =
  '(^|_)(name|names|email|mail|address|agent|handle|subject|account|device|body|title|text|' +
  'reason|note|summary|evidence|answer|goal|labels|error|uri|search|skills|phone|sealed)$'

const tellingColumns = async (): Promise<readonly string[]> => {
  const { target } = await testHouse()
  const schemas = migrationsOf(rooms()).map(({ room }) => room)
  const { rows } = await asAdmin(target, (client) =>
    client.query<{ name: string }>(
      `select n.nspname || '.' || c.relname || '.' || a.attname as name
         from pg_attribute a
         join pg_class c on c.oid = a.attrelid
         join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any($1::text[]) and c.relkind in ('r', 'p') and not c.relispartition
          and a.attnum > 0 and not a.attisdropped
          and (format_type(a.atttypid, -1) = 'jsonb' or a.attname ~ $2)`,
      [schemas, TELLING],
    ),
  )
  return rows.map(({ name }) => name)
}

/** Seals stand in many tables; only a mail's is about somebody, the others are keys. */
const isKeyMaterial = (name: string) => name.endsWith('.sealed') && name !== 'identity.mail.sealed'

test('of every column that may tell of a person it is said what an erasure does', async () => {
  const columns = (await tellingColumns()).filter((name) => !isKeyMaterial(name))
  expect(columns.toSorted()).toEqual(Object.keys(COLUMNS).toSorted())
})

test('every room gives out and erases what it keeps of persons, or says why not', () => {
  const silent = rooms().filter(({ subject }) =>
    'none' in subject
      ? !/^[A-Z].{10,}\.$/.test(subject.none)
      : typeof subject.export !== 'function' || typeof subject.erase !== 'function',
  )
  expect(silent.map(({ name }) => name)).toEqual([])
})

/** Events whose personal part is not about their subject or `principalId`, and who erases it. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'identity.allow_list_set': 'networks that somebody typed: erased with whoever set them',
  'identity.team_grant_given': 'networks that somebody typed: erased with whoever gave it',
  'identity.invitation_made': 'found by the event of its acceptance, and by its link',
}

test('of every personal part of an event it is known whose it is', () => {
  const kinds = rooms().flatMap(({ events }) =>
    Object.values(events).flatMap((of): readonly AnyEventKind[] => of),
  )
  const personal = kinds.filter(({ parts }) => parts.personal !== undefined)
  expect(personal.length).toBeGreaterThan(4)
  const unclear = personal.filter(
    ({ shape, subjectField }) => subjectField !== 'principalId' && !('principalId' in shape.shape),
  )
  const names = unclear.map(({ event }) => event)
  expect([...new Set(names)].toSorted()).toEqual(Object.keys(OTHERWISE).toSorted())
})
