/** Stops the program's path when our own code is wrong; never for what a caller may get wrong. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`)
}

/** Ends a `switch` over a union: a forgotten case does not compile. */
export const never = (value: never): never => {
  throw new Error(`Unexpected case: ${JSON.stringify(value)}`)
}
