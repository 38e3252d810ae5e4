import { useEffect, useRef } from 'react'
import { LINK_TOPIC } from './writes.ts'
import { useHall, useTopic } from '../use-hall.ts'

/** Reads again what could not be read, as soon as the hub is back; tells whether it is there. */
export const useAgainWhenBack = (trouble: string | null, again: () => void): boolean => {
  const { link } = useHall()
  const isLive = useTopic(LINK_TOPIC, () => link() === 'live')
  const hasFailed = useRef(false)
  useEffect(() => {
    hasFailed.current = trouble !== null
  }, [trouble])
  useEffect(() => {
    if (isLive && hasFailed.current) again()
  }, [isLive, again])
  return isLive
}

/** Gives the trouble that is worth a word: while the hub is away, what was read before stays. */
export const worthSaying = (
  trouble: string | null,
  { isLive, isRead }: Readonly<{ isLive: boolean; isRead: boolean }>,
): string | null => (isLive || !isRead ? trouble : null)
