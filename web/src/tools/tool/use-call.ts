import { useCallback, useEffect, useRef, useState } from 'react'
import { Refused } from '../../live/api.ts'
import { whyOf } from '../../live/own/why-of.ts'
import { useHall } from '../../live/use-hall.ts'
import { type CallAnswer, isAnswer } from '../views.ts'

/** How a call stands: under way, waiting for somebody, answered, refused, or given up here. */
export type Calling =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'running'; since: number }>
  | Readonly<{ kind: 'waiting'; answer: CallAnswer }>
  | Readonly<{ kind: 'answered'; answer: CallAnswer }>
  | Readonly<{
      kind: 'refused'
      said: string
      code: string
      problems: readonly string[]
      url: string | null
    }>
  | Readonly<{ kind: 'left' }>

/** A call and what can be done with it. */
export type Call = Readonly<{
  calling: Calling
  make(tool: string, input: Readonly<{ args: object; task?: string }>): void
  /** Shows a call of the record, and waits for it where it has not ended. */
  open(key: string): void
  /** Stops waiting; a call that is under way is cancelled. */
  leave(): void
}>

const PAUSE_MS = 3_000
const OPEN: ReadonlySet<CallAnswer['state']> = new Set(['parked', 'begun'])

/** Makes calls, one at a time, and waits for those that somebody has to approve. */
export const useCall = (): Call => {
  const { api } = useHall()
  const [calling, setCalling] = useState<Calling>({ kind: 'none' })
  const current = useRef<AbortController | null>(null)
  useEffect(() => () => current.current?.abort(), [])

  const begin = useCallback(
    (first: (signal: AbortSignal) => Promise<CallAnswer>): void => {
      current.current?.abort()
      const control = new AbortController()
      current.current = control
      const { signal } = control
      const show = (next: Calling): void => {
        if (!signal.aborted) setCalling(next)
      }
      const run = async (): Promise<void> => {
        let answer = await first(signal)
        while (OPEN.has(answer.state)) {
          show({ kind: 'waiting', answer })
          answer = (await again(answer.key, signal)) ?? answer
        }
        show({ kind: 'answered', answer })
      }
      /** Asks how a call stands; what goes wrong meanwhile is asked again, not told. */
      const again = async (key: string, wanted: AbortSignal): Promise<CallAnswer | null> => {
        try {
          return await api.wait(`/tool-calls/${key}/result`, {}, { is: isAnswer, signal: wanted })
        } catch (thrown) {
          const isOver = thrown instanceof Refused && thrown.status >= 400 && thrown.status < 429
          if (isOver || wanted.aborted) throw thrown
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
          return null
        }
      }
      setCalling({ kind: 'running', since: Date.now() })
      run().catch((thrown: unknown) => show(refusedAs(thrown)))
    },
    [api],
  )
  return {
    calling,
    make: (tool, input) =>
      begin((signal) => {
        const path = `/tools/${encodeURIComponent(tool)}/calls`
        return api.wait(path, input, { is: isAnswer, signal })
      }),
    open: (key) =>
      begin((signal) => api.wait(`/tool-calls/${key}/result`, {}, { is: isAnswer, signal })),
    leave() {
      current.current?.abort()
      setCalling({ kind: 'left' })
    },
  }
}

const refusedAs = (thrown: unknown): Calling => {
  const said = whyOf(thrown)
  if (!(thrown instanceof Refused)) {
    return { kind: 'refused', said, code: 'web.unknown', problems: [], url: null }
  }
  const { code, details } = thrown
  const [problems, url] = [details['problems'], details['url']]
  return {
    ...{ kind: 'refused', said, code, url: typeof url === 'string' ? url : null },
    problems: Array.isArray(problems) ? problems.map(String) : [],
  }
}
