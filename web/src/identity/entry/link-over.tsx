import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { EntryPage } from './entry-page.tsx'

type LinkOverProps = Readonly<{ said: string | null; children: ReactNode }>

/** Shows that a link is missing or good for nothing, and where to get another. */
export const LinkOver = ({ said, children }: LinkOverProps) => (
  <EntryPage
    title={said === null ? 'Open your link once more' : 'This link is over'}
    about={
      <div className="grid gap-2">
        <p role="alert" className="empty:hidden">
          {said}
        </p>
        {said === null && (
          <p>The link is read only once, so that it stays out of the history of this browser.</p>
        )}
        <p>{children}</p>
      </div>
    }
  >
    <p className="text-list">
      <Link to="/sign-in" className="text-accent underline underline-offset-2">
        Go to the sign-in
      </Link>
    </p>
  </EntryPage>
)
