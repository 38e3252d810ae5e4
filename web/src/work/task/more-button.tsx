import { MoreHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { IconButton } from '../../ui/button.tsx'
import type { OpenerProps } from '../../ui/over/popover.tsx'

/** Gives what shows the button that opens a menu. */
export const moreButton =
  (label: string) =>
  (props: OpenerProps): ReactNode => (
    <IconButton label={label} {...props}>
      <MoreHorizontal className="size-4" />
    </IconButton>
  )
