import { useCallback, useEffect, useState } from 'react'
import { mayHere } from '../../../live/own/rights.ts'
import { useHall, useTopic } from '../../../live/use-hall.ts'
import { useRead } from '../../../live/use-read.ts'
import { Button } from '../../../ui/button.tsx'
import { problemAt, useDeed } from '../../../ui/form/deed.ts'
import { Field } from '../../../ui/form/field.tsx'
import { Form } from '../../../ui/form/form.tsx'
import { Panel, PanelBody, PanelEmpty } from '../../../ui/panel.tsx'
import {
  type Explained,
  isExplained,
  isMembers,
  isRights,
  type Rights,
  type Role,
} from '../views.ts'
import { Explanation } from './explanation.tsx'
import { matrixOf } from './matrix.ts'
import { MatrixTable } from './matrix-table.tsx'

const GIVING = /^identity\.(grant|role|team)_/
const HANDLES = 'handles-of-members'

/** Shows roles and permissions as a table, and what one person or agent may do beside them. */
export const RolesPanel = ({ roles }: Readonly<{ roles: readonly Role[] }>) => {
  const { api, news } = useHall()
  const deed = useDeed()
  const [wanted, setWanted] = useState('')
  const [rights, setRights] = useState<Rights | null>(null)
  const [explained, setExplained] = useState<Explained | null>(null)
  const read = useCallback(
    async (principal: string, resource: string): Promise<void> => {
      const query = new URLSearchParams({ principal, resource })
      setRights(await api.read(`/access/rights?${query.toString()}`, isRights))
    },
    [api],
  )
  const ask = (who: string, where: string): Promise<void> => {
    setExplained(null)
    return read(who, where)
  }
  const [who, where] = [rights?.principal, rights?.resource]
  useEffect(() => {
    if (who === undefined || where === undefined) return undefined
    // What somebody was given or lost meanwhile shows in their column.
    return news.listen((events) => {
      const isOld = events === null || events.some(({ name }) => GIVING.test(name))
      if (isOld) read(who, where).catch(() => {})
    })
  }, [news, read, who, where])
  const explain = (permission: string): void => {
    if (rights === null) return
    const { principal, resource } = rights
    const query = new URLSearchParams({ principal, permission, resource })
    deed.run(async () => {
      setExplained(await api.read(`/access/explain?${query.toString()}`, isExplained))
    })
  }
  const groups = matrixOf(roles, rights, wanted)
  return (
    <Panel
      title="Roles"
      anchor="roles"
      about="What each role holds wherever it is given, and what one person or agent may do."
    >
      <PanelBody>
        <div className="grid gap-4">
          <WhoForm ask={ask} />
          <p role="alert" className="text-list text-bad empty:hidden">
            {deed.trouble?.said}
          </p>
          {explained !== null && <Explanation {...explained} close={() => setExplained(null)} />}
          <div className="flex flex-wrap items-end gap-3">
            <div className="w-full max-w-64">
              <Field
                label="Only permissions with"
                type="search"
                value={wanted}
                change={setWanted}
                placeholder="task, read, ..."
                className="font-mono"
              />
            </div>
            {rights !== null && (
              <Button
                look="quiet"
                onClick={() => {
                  setRights(null)
                  setExplained(null)
                }}
              >
                Take the column of @{rights.principal} away
              </Button>
            )}
          </div>
        </div>
      </PanelBody>
      {groups.length === 0 ? (
        <PanelEmpty>No permission has these letters.</PanelEmpty>
      ) : (
        <MatrixTable {...{ roles, rights, groups, explain }} />
      )}
    </Panel>
  )
}

const WhoForm = ({ ask }: Readonly<{ ask(who: string, where: string): Promise<void> }>) => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const deed = useDeed()
  const mayRead = mayHere(me, 'member:read')
  const { data } = useRead(mayRead ? '/principals?limit=100' : null, isMembers)
  const [who, setWho] = useState(me?.handle ?? '')
  const [where, setWhere] = useState('org')
  return (
    <Form
      deed={deed}
      act={() => ask(who, where)}
      button="Show what they may do"
      calm
      fields={['principal', 'resource']}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <Field
          label="Who"
          list={HANDLES}
          value={who}
          change={setWho}
          problem={problemAt(deed, 'principal')}
          placeholder="ada"
          required
        />
        <Field
          label="Where"
          about="org, a team, GH, GH-12"
          value={where}
          change={setWhere}
          problem={problemAt(deed, 'resource')}
          className="font-mono"
          required
        />
      </div>
      <datalist id={HANDLES}>
        {data?.items.map(({ handle }) => (
          <option key={handle} value={handle} />
        ))}
      </datalist>
    </Form>
  )
}
