import type { HubTool } from './catalogue.ts'
import type { Claim, Json } from './hub-records.ts'

/** A call that has been checked: the tool may be used, and the arguments fit it. */
export type CallWish = Readonly<{
  tool: HubTool
  args: Json
  argsSha256: string
  claim: Claim | null
  fields: readonly string[]
}>
