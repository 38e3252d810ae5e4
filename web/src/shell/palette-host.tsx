import { type ComponentProps, Suspense, useRef } from 'react'
import { useModal } from '../ui/dialog.tsx'
import { lazyPart } from '../ui/load-part.ts'
import { LostDialog } from '../ui/state/lost-dialog.tsx'
import type { Palette as PalettePart } from './palette/palette.tsx'

const file = () => import('./palette/palette.tsx')
const Palette = lazyPart(() => file().then(({ Palette: part }) => part))

/** Fetches the palette before it is wanted. */
export const fetchPalette = (): void => {
  file().catch(() => {})
}

type PaletteHostProps = Omit<ComponentProps<typeof PalettePart>, 'first'>

/** Shows the palette; what is written before it is there is not lost. */
export const PaletteHost = (props: PaletteHostProps) => {
  const written = useRef('')
  const write = (text: string): void => {
    written.current = text
  }
  return (
    <LostDialog close={props.close}>
      <Suspense fallback={<Early write={write} />}>
        <Palette {...props} first={written} />
      </Suspense>
    </LostDialog>
  )
}

const Early = ({ write }: Readonly<{ write(text: string): void }>) => {
  const ref = useRef<HTMLDialogElement>(null)
  useModal(ref)
  return (
    <dialog ref={ref} aria-label="Search and commands" className="sr-only">
      <input
        data-first="true"
        aria-label="Search and commands"
        onChange={({ target }) => write(target.value)}
      />
    </dialog>
  )
}
