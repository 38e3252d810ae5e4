import { useState } from 'react'
import { Button } from '../button.tsx'
import { copyText } from '../copy-box.tsx'

const SHOWN_LETTERS = 8

/** Shows a button that copies the trace of a failure; where nothing can be copied, the trace. */
export const CopyTrace = ({ trace }: Readonly<{ trace: string }>) => {
  const [became, setBecame] = useState<'copied' | 'shown' | null>(null)
  if (became === 'shown') return <code className="font-mono text-meta break-all">{trace}</code>
  return (
    <Button
      look="quiet"
      onClick={() => {
        copyText(trace).then(
          (isCopied) => setBecame(isCopied ? 'copied' : 'shown'),
          () => setBecame('shown'),
        )
      }}
    >
      {became === 'copied' ? 'Copied' : 'Copy trace'}
      <span className="font-mono text-meta">{trace.slice(0, SHOWN_LETTERS)}</span>
    </Button>
  )
}
