import { Component, type ReactNode } from 'react'
import { ErrorState, traceOf } from './error-state.tsx'

type PartBoundaryProps = Readonly<{
  /** What is inside, as a person calls it. */
  name: string
  children: ReactNode
}>

type State = Readonly<{ thrown: Readonly<{ what: unknown }> | null }>

/** Keeps a crash inside of one part of the page; the rest lives on. */
export class PartBoundary extends Component<PartBoundaryProps, State> {
  override state: State = { thrown: null }

  static getDerivedStateFromError(what: unknown): State {
    return { thrown: { what } }
  }

  override render(): ReactNode {
    const { thrown } = this.state
    if (thrown === null) return this.props.children
    const { what } = thrown
    return (
      <ErrorState
        title={`${this.props.name} stopped working`}
        said={what instanceof Error ? what.message : String(what)}
        trace={traceOf(what)}
        again={() => this.setState({ thrown: null })}
      />
    )
  }
}
