import { ShieldCheck, ShieldX } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'
import { Button } from '../../ui/button.tsx'
import { useDeed } from '../../ui/form/deed.ts'
import { isVerdict, type Verdict } from './views.ts'

// Recomputing reads the whole ledger: a short one at once, a long one when somebody wants it.
const AT_ONCE_MAX = 50_000

type State =
  | Readonly<{ kind: 'known'; verdict: Verdict }>
  | Readonly<{ kind: 'trouble'; said: string }>

/** Shows whether the ledger is whole: recomputed from its first event, compared with its seals. */
export const VerifyMark = ({ newest }: Readonly<{ newest: number | null }>) => {
  const { api } = useHall()
  const deed = useDeed()
  const [state, setState] = useState<State | null>(null)
  const verify = useCallback(
    () =>
      api.read('/ledger/verify', isVerdict).then(
        (verdict) => setState({ kind: 'known', verdict }),
        (thrown: unknown) => setState({ kind: 'trouble', said: whyOf(thrown) }),
      ),
    [api],
  )
  const isShort = newest !== null && newest <= AT_ONCE_MAX
  useEffect(() => {
    if (isShort) verify().catch(() => {})
  }, [isShort, verify])
  return (
    <span className="flex flex-wrap items-center gap-2">
      {state !== null && <Mark state={state} />}
      <Button onClick={() => deed.run(verify)} disabled={deed.isBusy}>
        {deed.isBusy ? 'Verifying' : 'Verify'}
      </Button>
    </span>
  )
}

const Mark = ({ state }: Readonly<{ state: State }>) => {
  if (state.kind === 'trouble') {
    return (
      <span role="alert" className="text-list text-bad">
        {state.said}
      </span>
    )
  }
  const { ok, to, signedTo, firstBad } = state.verdict
  if (!ok || firstBad !== null) {
    return (
      <span role="alert" className="inline-flex items-center gap-1.5 text-list text-bad">
        <ShieldX className="size-4 shrink-0" aria-hidden="true" />
        {`Does not fit at position ${firstBad?.pos ?? '?'}: ${firstBad?.why ?? '?'}`}
      </span>
    )
  }
  return (
    <span
      role="status"
      data-verified={to}
      title={`Every event up to ${to} fits the one before it; ${signedTo} are signed.`}
      className="inline-flex items-center gap-1.5 text-list text-ok"
    >
      <ShieldCheck className="size-4 shrink-0" aria-hidden="true" />
      {`Verified to ${to.toLocaleString()}`}
    </span>
  )
}
