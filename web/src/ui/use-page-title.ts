import { useEffect } from 'react'

const NAME = 'Guildhall'

/** Names the page in its tab and in the history, as long as the calling part is shown. */
export const usePageTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} - ${NAME}`
    return () => {
      document.title = NAME
    }
  }, [title])
}
