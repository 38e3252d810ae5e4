const PLACE = 'guildhall.project'

/** Gives the key of the project that was open last in this browser. */
export const lastProject = (): string | null => window.localStorage.getItem(PLACE)

/** Remembers which project is open. */
export const rememberProject = (key: string): void => window.localStorage.setItem(PLACE, key)
