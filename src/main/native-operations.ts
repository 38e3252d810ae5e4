import type { NativeNames } from '../interface/mcp/ground.ts'

/** The operations through which MCP clients list and use profiles of the hub. */
export const NATIVE_OPERATIONS: NativeNames = {
  show: 'tools.show_tool_profile',
  call: 'tools.call_listed_tool',
  read: 'tools.read_resource',
  prompt: 'tools.get_prompt',
  complete: 'tools.complete_argument',
  watch: 'tools.watch_tool_profile',
  follow: 'tools.follow_listed_call',
}
