import { useEffect, useRef } from 'react'

/** Hears of a list that is pasted into the page, where nobody writes. */
export const usePaste = (isOn: boolean, take: (text: string) => void): void => {
  const latest = useRef(take)
  useEffect(() => {
    latest.current = take
  })
  useEffect(() => {
    if (!isOn) return undefined
    const onPaste = (event: ClipboardEvent): void => {
      const { target } = event
      if (target instanceof HTMLElement && target.matches('input, textarea, select')) return
      const text = event.clipboardData?.getData('text/plain') ?? ''
      if (text.trim() === '' || document.querySelector('dialog[open]')) return
      event.preventDefault()
      latest.current(text)
    }
    document.addEventListener('paste', onPaste)
    return () => document.removeEventListener('paste', onPaste)
  }, [isOn])
}
