import { X } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react'
import { IconButton } from './button.tsx'

type DialogProps = Readonly<{ title: string; close(): void; wide?: boolean; children: ReactNode }>

/** Opens a dialog as long as it is shown; afterwards the focus is where it was. */
export const useModal = (ref: RefObject<HTMLDialogElement | null>): void => {
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    // Without a wish the browser focuses the first button, which closes.
    const first = dialog?.querySelector('[data-first="true"]')
    if (first instanceof HTMLElement) first.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected && before !== document.body) {
        before.focus()
      } else if (before !== document.body) focusPage()
    }
  }, [ref])
}

// What had the focus is gone: reading goes on at the page, and never at the top of everything.
/** Sets the focus on the page itself. */
export const focusPage = (): void => {
  const parts = document.querySelectorAll<HTMLElement>('main, [role="main"], aside')
  // On a phone what is open beside the page stands in its place.
  const main = [...parts].find((part) => part.checkVisibility())
  if (main === undefined) return
  if (!main.hasAttribute('tabindex')) main.setAttribute('tabindex', '-1')
  main.focus({ preventScroll: true })
}

/** Shows a dialog over the page; Escape and a click beside it close it. */
export const Dialog = ({ title, close, wide = false, children }: DialogProps) => {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useModal(ref)
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className={`w-full rounded-dialog border border-line bg-raised p-0 shadow-popover
        max-sm:mt-4 ${wide ? 'max-w-xl' : 'max-w-sm'}`}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => event.target === ref.current && close()}
    >
      <header className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
        <h2 id={titleId} className="text-body font-semibold">
          {title}
        </h2>
        <IconButton label="Close" onClick={close}>
          <X className="size-4" />
        </IconButton>
      </header>
      {children}
    </dialog>
  )
}
