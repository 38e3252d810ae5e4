import { useEffect, useState } from 'react'
import { troubleOf } from '../../ui/form/deed.ts'
import { isLinkAbout, type LinkAbout, strangerApi } from '../views.ts'

/** What a link is about, or why it is good for nothing. */
export type LinkSeen = Readonly<{ about: LinkAbout | null; trouble: string | null }>

const NOTHING: LinkSeen = { about: null, trouble: null }

/** Asks the hub what a link is for, before anything is done with it. */
export const useLink = (token: string | null, purpose: string): LinkSeen => {
  const [seen, setSeen] = useState(NOTHING)
  useEffect(() => {
    if (token === null) return
    strangerApi.write('/links/look', { token }, isLinkAbout).then(
      (about) =>
        setSeen(
          about.purpose === purpose ? { about, trouble: null } : { about: null, trouble: OTHER },
        ),
      (thrown: unknown) => setSeen({ about: null, trouble: troubleOf(thrown).said }),
    )
  }, [token, purpose])
  return seen
}

const OTHER = 'This link is for something else; open it as it was given to you.'
