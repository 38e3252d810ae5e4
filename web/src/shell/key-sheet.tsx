import { Dialog } from '../ui/dialog.tsx'
import { activeKeys } from './keys.ts'

const NAMES: Readonly<Record<string, string>> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
}

/** Shows which keys work here. */
export const KeySheet = ({ close }: Readonly<{ close(): void }>) => (
  <Dialog title="Keys" close={close} wide>
    <div className="grid gap-4 p-4 sm:grid-cols-2">
      {activeKeys().map(({ name, bindings }) => (
        <section key={name}>
          <h3 className="mb-1.5 text-meta font-medium text-text-3">{name}</h3>
          <dl className="grid gap-1 text-list">
            {bindings.map(({ keys, label }) => (
              <div key={label} className="flex items-center justify-between gap-4">
                <dt>{label}</dt>
                <dd className="flex gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{NAMES[key] ?? spelled(key)}</Kbd>
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

// A capital letter is pressed with Shift; showing it alone would look like the small one.
const spelled = (key: string): string =>
  /^[A-Z]$/.test(key) ? `Shift ${key}` : key.length === 1 ? key.toUpperCase() : key

const Kbd = ({ children }: Readonly<{ children: string }>) => (
  <kbd
    className="inline-flex h-5 min-w-5 items-center justify-center rounded-control border
      border-line bg-sunken px-1 font-sans text-meta text-text-2"
  >
    {children}
  </kbd>
)
