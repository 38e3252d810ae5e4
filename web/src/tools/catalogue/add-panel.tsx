import { useNavigate } from '@tanstack/react-router'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { AddressForm } from './address-form.tsx'
import { CatalogueList } from './catalogue-list.tsx'
import { Panel, PanelBody } from '../../ui/panel.tsx'

type AddPanelProps = Readonly<{
  way: 'catalogue' | 'address'
  choose(way: 'catalogue' | 'address'): void
  close(): void
}>

const WAYS = [
  ['catalogue', 'From the catalogue'],
  ['address', 'By its address'],
] as const

/** Shows the two ways to add a server. */
export const AddPanel = ({ way, choose, close }: AddPanelProps) => {
  const { notices } = useHall()
  const navigate = useNavigate()
  const added = async (server: string): Promise<void> => {
    notices.show('ok', `${server} is added.`)
    await navigate({ to: '/tools/$server', params: { server } })
  }
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <div role="group" aria-label="Ways to add" className="-ml-2.5 flex flex-wrap gap-1">
          {WAYS.map(([name, label]) => (
            <button
              key={name}
              type="button"
              aria-pressed={way === name}
              onClick={() => choose(name)}
              className="inline-flex h-8 items-center rounded-control px-2.5 text-list text-text-2
                hover:bg-hover hover:text-text aria-pressed:bg-hover aria-pressed:font-medium
                aria-pressed:text-text"
            >
              {label}
            </button>
          ))}
        </div>
        <Button onClick={close}>Back to the servers</Button>
      </div>
      {way === 'catalogue' ? (
        <CatalogueList added={added} />
      ) : (
        <Panel
          title="A server that somebody runs"
          about="MCP over HTTP, or any service with an OpenAPI document. It is asked at once what
            it offers."
        >
          <PanelBody>
            <AddressForm added={added} />
          </PanelBody>
        </Panel>
      )}
    </>
  )
}
