/** Says what went wrong, as a person reads it. */
export const whyOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown)
