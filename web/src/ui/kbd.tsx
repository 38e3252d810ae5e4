import { capsOf, saidKeys } from '../shell/keyboard/caps.ts'

/** Shows the keys to press, as this system writes them. */
export const Kbd = ({ keys }: Readonly<{ keys: string }>) => (
  <span className="inline-flex shrink-0 items-center gap-1" title={saidKeys(keys)} data-keys={keys}>
    {capsOf(keys).map((caps, stroke) => (
      <span key={`${stroke} ${caps.join(' ')}`} className="inline-flex items-center gap-1">
        {stroke > 0 && <span className="text-meta text-text-3">then</span>}
        {caps.map((cap) => (
          <kbd
            key={cap}
            className="inline-flex h-5 min-w-5 items-center justify-center rounded-control border
              border-line bg-sunken px-1 font-sans text-meta text-text-2"
          >
            {cap}
          </kbd>
        ))}
      </span>
    ))}
  </span>
)
