import { Download } from 'lucide-react'
import { useHall } from '../../live/use-hall.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { saveFile } from '../../ui/download.ts'

const PATH = '/ledger/export?format=bundle'

/** Shows the button that saves the whole ledger as a bundle, which verifies without a hub. */
export const ExportButton = () => {
  const { api } = useHall()
  const save = async (): Promise<void> => {
    const answer = await api.open(PATH, {}, new AbortController().signal)
    saveFile('ledger.jsonl', await answer.blob())
  }
  return (
    <ActButton act={save} title="The export itself is written into the ledger.">
      <Download className="size-4" aria-hidden="true" />
      Export
    </ActButton>
  )
}
