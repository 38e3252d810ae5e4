import type { ErrorComponentProps } from '@tanstack/react-router'
import { whyOf } from '../live/own/why-of.ts'
import { loadAnewFor } from '../ui/load-part.ts'
import { ErrorState } from '../ui/state/error-state.tsx'
import { Skeleton, Waiting } from '../ui/state/skeleton.tsx'

/** Shows that a page crashed; the navigation beside it lives on. */
export const PageTrouble = ({ error, reset }: ErrorComponentProps) => (
  <main className="flex min-w-0 flex-1 overflow-y-auto">
    <ErrorState
      title="This page stopped working"
      said={whyOf(error)}
      again={() => {
        loadAnewFor(error).catch(() => {})
        reset()
      }}
    />
  </main>
)

/** Shows that a page is being loaded. */
export const PageComing = () => (
  <main className="min-w-0 flex-1 px-4 py-5">
    <div className="mx-auto max-w-3xl">
      <Waiting what="the page">
        <Skeleton lines={5} />
      </Waiting>
    </div>
  </main>
)
