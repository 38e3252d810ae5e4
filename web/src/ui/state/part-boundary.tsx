import { Component, type ReactNode } from 'react'
import { whyOf } from '../../live/own/why-of.ts'
import { loadAnewFor } from '../load-part.ts'
import { ErrorState } from './error-state.tsx'

type PartBoundaryProps = Readonly<{
  /** What is inside, as a person calls it. */
  name: string
  /** What it shows: with another, it is tried anew. */
  of?: unknown
  /** Reads what it shows again. */
  again?: () => void
  children: ReactNode
}>

type State = Readonly<{ of?: unknown; thrown: Readonly<{ what: unknown }> | null }>

/** Keeps a crash inside of one part of the page; the rest lives on. */
export class PartBoundary extends Component<PartBoundaryProps, State> {
  override state: State = { thrown: null }

  static getDerivedStateFromError(what: unknown): Pick<State, 'thrown'> {
    return { thrown: { what } }
  }

  static getDerivedStateFromProps({ of }: PartBoundaryProps, state: State): State | null {
    return of === state.of ? null : { of, thrown: null }
  }

  override render(): ReactNode {
    const { thrown } = this.state
    if (thrown === null) return this.props.children
    const { what } = thrown
    return (
      <ErrorState
        title={`${this.props.name} stopped working`}
        said={whyOf(what)}
        again={() => {
          loadAnewFor(what).catch(() => {})
          this.props.again?.()
          this.setState({ thrown: null })
        }}
      />
    )
  }
}
