import { Link } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { type KeyboardEvent, useRef, useState } from 'react'
import { useHall, useTopic } from '../../live/use-hall.ts'
import { useKeys } from '../keys.ts'
import { type FoundSetting, findSettings, sectionsFor } from './sections.ts'

/** Lets a person find a setting by its words; the arrow keys go from one to the next. */
export const SettingsSearch = () => {
  const hall = useHall()
  const me = useTopic('me', hall.me)
  const [wanted, setWanted] = useState('')
  const box = useRef<HTMLInputElement>(null)
  const found = findSettings(sectionsFor(me), wanted)
  const forget = (): void => setWanted('')
  useKeys('Settings', [
    { keys: ['/'], label: 'Search the settings', run: () => box.current?.focus() },
  ])
  return (
    <search className="relative" onKeyDown={walk}>
      <Search
        className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-text-3"
        aria-hidden="true"
      />
      <input
        ref={box}
        type="search"
        aria-label="Search the settings"
        placeholder="Search the settings"
        autoComplete="off"
        value={wanted}
        onChange={({ target }) => setWanted(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && forget()}
        className="h-9 w-full rounded-control border border-edge bg-surface pr-2.5 pl-9
          [&::-webkit-search-cancel-button]:hidden"
      />
      <p role="status" className="sr-only">
        {wanted.trim() === '' ? '' : `${found.length} found`}
      </p>
      {wanted.trim() !== '' && (
        <div
          className="absolute top-full right-0 left-0 z-10 mt-1 max-h-[60vh] overflow-y-auto
            rounded-card border border-line bg-raised p-1 shadow-popover"
        >
          {found.length === 0 && (
            <p className="px-2.5 py-3 text-text-2">No setting has these words. Try others.</p>
          )}
          <ul aria-label="Settings that fit">
            {found.map((one) => (
              <li key={`${one.section.to}#${one.setting?.anchor ?? ''}`}>
                <Found {...one} chosen={forget} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </search>
  )
}

const Found = ({ section, setting, chosen }: FoundSetting & Readonly<{ chosen(): void }>) => (
  <Link
    to={section.to}
    {...(setting !== null && { hash: setting.anchor })}
    onClick={chosen}
    className="flex min-h-9 flex-wrap items-center gap-x-2 rounded-control px-2.5 py-1.5
      hover:bg-hover"
  >
    <span className="font-medium">{setting?.name ?? section.name}</span>
    <span className="text-list text-text-3">{setting === null ? section.about : section.name}</span>
  </Link>
)

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 }

const walk = (event: KeyboardEvent<HTMLElement>): void => {
  const places = [...event.currentTarget.querySelectorAll<HTMLElement>('input, a')]
  const here = places.findIndex((place) => place === document.activeElement)
  const isChosen = event.key === 'Enter' && here === 0
  const step = isChosen ? 1 : STEPS[event.key]
  const next = step === undefined ? undefined : places[here + step]
  if (next === undefined) return
  event.preventDefault()
  if (isChosen) next.click()
  else next.focus()
}
