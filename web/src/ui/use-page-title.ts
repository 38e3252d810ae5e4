import { useEffect } from 'react'

const NAME = 'Guildhall'

let page: string | null = null
let waiting: string | null = null

const show = (): void => {
  const title = page === null ? NAME : `${page} - ${NAME}`
  document.title = waiting === null ? title : `(${waiting}) ${title}`
}

/** Names the page in its tab and in the history, as long as the calling part is shown. */
export const usePageTitle = (title: string): void => {
  useEffect(() => {
    page = title
    show()
    return () => {
      page = null
      show()
    }
  }, [title])
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
