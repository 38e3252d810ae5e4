import { useMatches, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useHall } from '../live/use-hall.ts'

// The board tells by itself what it left out: there a filter is written into the address, too.
const BOARD = '/session/frame/work'

/** Tells what the address says that its page does not know, and takes it out of the address. */
export const useKnownSearch = (): void => {
  const { notices } = useHall()
  const navigate = useNavigate()
  const matches = useMatches()
  const page = matches.at(-1)
  const isBoard = matches.some(({ routeId }) => routeId === BOARD)
  // What its routes have let through stands beside what the address says.
  const [all, known] = [page?.search, page?.['_strictSearch']]
  useEffect(() => {
    if (isBoard || all === undefined || known === undefined) return
    const names = Object.keys(all).filter((name) => !(name in known))
    if (names.length === 0) return
    navigate({ to: '.', search: known, hash: true, replace: true }).catch(() => {})
    const said = `This page cannot read what its address says about ${names.join(' and ')}.`
    notices.show('bad', `${said} It was left out.`, { slot: 'address' })
  }, [isBoard, all, known, navigate, notices])
}
