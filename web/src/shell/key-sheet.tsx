import { Link } from '@tanstack/react-router'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { singleKeys } from './keyboard/single-keys.ts'
import { activeKeys, type ActiveScope } from './keys.ts'

/** Shows which keys work here. */
export const KeySheet = ({ close }: Readonly<{ close(): void }>) => (
  <Dialog title="Keys" close={close} wide>
    {singleKeys() === 'off' && (
      <p role="note" className="mx-4 mt-4 rounded-control bg-wait-soft p-2.5 text-list text-wait">
        Keys of a single sign are switched off in this browser.{' '}
        <Link to="/settings/appearance" className="underline" onClick={close}>
          Switch them on
        </Link>
      </p>
    )}
    {/* It may be longer than the screen: whoever has no mouse scrolls it by having it focused. */}
    <div
      tabIndex={0}
      className="grid max-h-[75vh] gap-x-8 gap-y-4 overflow-y-auto p-4 -outline-offset-2
        sm:grid-cols-2"
    >
      {merged(activeKeys()).map(({ name, bindings }) => (
        <section key={name} aria-label={name}>
          <h3 className="mb-1.5 text-meta font-medium text-text-3">{name}</h3>
          <dl className="grid gap-1 text-list">
            {bindings.map(({ keys, label }) => (
              <div key={label} className="flex items-center justify-between gap-4">
                <dt className="min-w-0">{label}</dt>
                <dd className="flex shrink-0 gap-1.5">
                  {keys.map((key) => (
                    <Kbd key={key} keys={key} />
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  </Dialog>
)

// Several parts of a page may add to one scope; a reader sees it once.
const merged = (scopes: readonly ActiveScope[]): readonly ActiveScope[] =>
  [...Map.groupBy(scopes, ({ name }) => name)].map(([name, parts]) => ({
    name,
    bindings: parts.flatMap(({ bindings }) => bindings),
  }))
