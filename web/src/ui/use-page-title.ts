import { useEffect } from 'react'

const NAME = 'Guildhall'

type Named = Readonly<{ title: string; rank: number }>

// Pages stand beside and over each other: what lies over the others gives the name.
let pages: readonly Named[] = []
let waiting: string | null = null

const show = (): void => {
  const top = pages.reduce<Named | null>(
    (best, page) => (best === null || page.rank >= best.rank ? page : best),
    null,
  )
  const title = top === null ? NAME : `${top.title} · ${NAME}`
  document.title = waiting === null ? title : `(${waiting}) ${title}`
}

/**
 * Names the page in its tab and in the history, as long as the calling part is shown. What is
 * opened over a page has a higher rank.
 */
export const usePageTitle = (title: string, rank = 0): void => {
  useEffect(() => {
    const page = { title, rank }
    pages = [...pages, page]
    show()
    return () => {
      pages = pages.filter((one) => one !== page)
      show()
    }
  }, [title, rank])
}

/** Puts how much waits for the person in front of the title, whatever page is open. */
export const useTitleCount = (count: string | null): void => {
  useEffect(() => {
    waiting = count
    show()
    return () => {
      waiting = null
      show()
    }
  }, [count])
}
