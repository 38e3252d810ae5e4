import { Download } from 'lucide-react'
import { Refused } from '../../live/api.ts'
import { useHall } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'

const FRESH_NEEDED = 'identity.fresh_sign_in_needed'
const PATH = '/ledger/export?format=bundle'

/** Shows the button that saves the whole ledger as a bundle, which verifies without a hub. */
export const ExportButton = () => {
  const { api, fresh } = useHall()
  const open = () => api.open(PATH, {}, new AbortController().signal)
  const save = async (): Promise<void> => {
    const answer = await open().catch(async (thrown: unknown) => {
      const isStale = thrown instanceof Refused && thrown.code === FRESH_NEEDED
      if (!isStale || !(await fresh.ask())) throw thrown
      return open()
    })
    keep(await answer.blob())
  }
  return (
    <ActButton act={save} title="The export itself is written into the ledger.">
      <Download className="size-4" aria-hidden="true" />
      Export
    </ActButton>
  )
}

/** Gives bytes to the browser as a file to keep. */
const keep = (bytes: Blob): void => {
  const address = URL.createObjectURL(bytes)
  const link = document.createElement('a')
  link.href = address
  link.download = 'ledger.jsonl'
  link.click()
  URL.revokeObjectURL(address)
}
