import { Link } from '@tanstack/react-router'
import { usePageTitle } from '../ui/use-page-title.ts'

/** Shows that an address leads nowhere. */
export const Lost = () => {
  usePageTitle('Nothing here')
  return (
    <main className="m-auto grid gap-2 p-6 text-center">
      <h1 className="text-title font-semibold">There is nothing here</h1>
      <Link to="/" className="text-accent underline underline-offset-2">
        Go to the beginning
      </Link>
    </main>
  )
}
