import { Component, type ContextType, type ReactNode } from 'react'
import { whyOf } from '../../live/own/why-of.ts'
import { HallContext } from '../../live/use-hall.ts'
import { loadAnewFor, PartMissing } from '../load-part.ts'

type LostDialogProps = Readonly<{ close(): void; children: ReactNode }>

/** Closes a dialog that crashes or does not come, and says why; the page below it lives on. */
export class LostDialog extends Component<LostDialogProps, Readonly<{ isLost: boolean }>> {
  static override contextType = HallContext
  declare context: ContextType<typeof HallContext>
  override state = { isLost: false }

  static getDerivedStateFromError() {
    return { isLost: true }
  }

  override componentDidCatch(thrown: unknown): void {
    const said = whyOf(thrown)
    const run = (): void => {
      loadAnewFor(thrown).catch(() => {})
    }
    const action = { label: 'Try again', run }
    const more = thrown instanceof PartMissing ? { action } : {}
    this.context?.notices.show('bad', said, more)
    this.props.close()
  }

  override render(): ReactNode {
    return this.state.isLost ? null : this.props.children
  }
}
