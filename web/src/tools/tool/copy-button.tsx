import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { useHall } from '../../live/use-hall.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-box.tsx'

type CopyButtonProps = Readonly<{
  label: string
  text(): string
  /** Shown as a mark only. */
  small?: boolean
}>

/** Copies a text that is made when it is wanted. */
export const CopyButton = ({ label, text, small = false }: CopyButtonProps) => {
  const { notices } = useHall()
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    const isDone = await copyText(text())
    setCopied(isDone)
    if (!isDone) notices.show('bad', 'This browser does not let the page copy here.')
  }
  const mark = isCopied ? <Check className="size-4 text-ok" /> : <Copy className="size-4" />
  if (small) {
    return (
      <IconButton label={isCopied ? 'Copied' : label} onClick={() => void copy()}>
        {mark}
      </IconButton>
    )
  }
  return (
    <Button onClick={() => void copy()}>
      {mark}
      {isCopied ? 'Copied' : label}
    </Button>
  )
}
