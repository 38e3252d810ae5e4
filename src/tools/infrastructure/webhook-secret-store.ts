import type { Keyring } from '../../platform/keyring/keyring.ts'
import { sealedColumn } from '../../platform/keyring/sealed-column.ts'
import type { Ground } from '../../platform/room.ts'
import { at, part } from '../../platform/sql.ts'
import type { Scrubber } from '../../platform/scrub/scrubber.ts'
import type { SealedWord, WebhookSecrets } from '../application/webhook-ports.ts'
import { REMEMBER_MS } from './keyring-adapter.ts'

/** The one field of a row that is sealed. */
const FIELD = 'webhook'
/** Rows that one look forgets. */
const FORGOTTEN_MAX = 1_000

/** What proves calls, and addresses, as a rotation of keys moves them. */
export const webhookSecretSource = sealedColumn('tools.webhook_secret', {
  field: FIELD,
  table: part`tools.webhook_secret`,
  key: part`id`,
  sealed: part`sealed`,
})

/** Characters from which on a path may be what lets one in: shorter ones are words of everybody. */
const TELLING_PATH_MIN = 20

/**
 * Gives what has to stay hidden: a secret with and without the sign of its kind, and of an address
 * only what stands behind the host, if it is long.
 */
const secretsIn = ({ kind, text }: SealedWord): readonly string[] => {
  if (kind === 'signing') return [text, text.replace(/^whsec_/, '')]
  const { pathname, search } = new URL(text)
  const path = `${pathname}${search}`
  return path.length < TELLING_PATH_MIN ? [] : [path]
}

type Fixtures = Readonly<{ keyring: () => Keyring; scrubber: Pick<Scrubber, 'remember'> }>

/**
 * Keeps what proves calls, and addresses. Opening one leaves no event: it happens for every call,
 * before it is known whether the caller is anybody.
 */
export const webhookSecretStore = (
  { sql, orgId }: Ground,
  { keyring, scrubber }: Fixtures,
): WebhookSecrets => {
  const placeOf = (id: string) => ({ orgId, secret: id, field: FIELD, version: 1 })
  const hide = (word: SealedWord) => {
    for (const text of secretsIn(word)) scrubber.remember(text, REMEMBER_MS)
  }
  return {
    async prepare(words) {
      for (const word of words) hide(word)
      await keyring().warm(orgId)
    },
    async put(owner, { kind, text }, { id, now, until }) {
      const sealed = await keyring().seal(sql, placeOf(id), Buffer.from(text))
      // Two statements on purpose: what counts no longer goes before the next one takes its place.
      await sql`
        delete from tools.webhook_secret
         where org_id = ${orgId} and owner_id = ${owner} and kind = ${kind}
           and (expires_at is not null or ${until <= now})`
      await sql`
        update tools.webhook_secret set expires_at = ${at(until)}
         where org_id = ${orgId} and owner_id = ${owner} and kind = ${kind}`
      await sql`
        insert into tools.webhook_secret
          (org_id, id, owner_id, kind, sealed, created_at, expires_at)
        values (${orgId}, ${id}, ${owner}, ${kind}, ${sealed}, ${at(now)}, null)`
    },
    async open(owner, kind, now) {
      const rows = await sql<{ id: string; sealed: string }>`
        select id, sealed from tools.webhook_secret
         where org_id = ${orgId} and owner_id = ${owner} and kind = ${kind}
           and (expires_at is null or expires_at > ${at(now)})
         order by expires_at nulls first, id desc limit 2`
      const texts: string[] = []
      for (const { id, sealed } of rows) {
        const plain = await keyring().open(sql, placeOf(id), sealed)
        const text = Buffer.from(plain).toString('utf8')
        plain.fill(0)
        hide({ kind, text })
        texts.push(text)
      }
      return texts
    },
    async removeAll(owner) {
      await sql`
        delete from tools.webhook_secret where org_id = ${orgId} and owner_id = ${owner}`
    },
    async forget(now) {
      const gone = await sql`
        delete from tools.webhook_secret
         where org_id = ${orgId} and id in (
           select id from tools.webhook_secret
            where org_id = ${orgId} and expires_at < ${at(now)} limit ${FORGOTTEN_MAX})
        returning id`
      return gone.length
    },
  }
}
