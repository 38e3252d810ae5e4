import { Check, Copy } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { Button } from './button.tsx'

type CopyBoxProps = Readonly<{
  label: string
  text: string
  /** Stands beside the button that copies. */
  children?: ReactNode
}>

/** Shows a text that is there to be copied: a link, a key, codes. */
export const CopyBox = ({ label, text, children }: CopyBoxProps) => {
  const ref = useRef<HTMLElement>(null)
  const [isCopied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    const isDone = await copyText(text)
    if (isDone) setCopied(true)
    else selectAll(ref.current)
  }
  return (
    <div className="grid gap-2">
      <code
        ref={ref}
        role="textbox"
        aria-readonly="true"
        aria-label={label}
        tabIndex={0}
        className="block max-h-56 overflow-auto rounded-control border border-line bg-sunken p-2.5
          font-mono text-list break-all whitespace-pre-wrap"
      >
        {text}
      </code>
      <div className="flex flex-wrap items-center gap-2">
        <Button
          onClick={() => {
            copy().catch(() => {})
          }}
        >
          {isCopied ? <Check className="size-4 text-ok" /> : <Copy className="size-4" />}
          {isCopied ? 'Copied' : 'Copy'}
        </Button>
        {children}
        <span role="status" className="sr-only">
          {isCopied ? `${label} copied` : ''}
        </span>
      </div>
    </div>
  )
}

/** Copies a text; plain http over the network has no clipboard. */
export const copyText = async (text: string): Promise<boolean> => {
  if (!('clipboard' in navigator)) return false
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}

const selectAll = (element: HTMLElement | null): void => {
  if (element !== null) window.getSelection()?.selectAllChildren(element)
}
