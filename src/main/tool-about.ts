/** Sentences for agent tools that hold several operations. */
export const TOOL_ABOUT: Readonly<Record<string, string>> = {
  project: 'Projects: list, get, save (create or change; branch adds a task tree), archive.',
  sprint: 'Sprints of a project: list, get, save, start, close, report.',
  agent: 'Agents: list, get, register a new one, assign one to a branch.',
  context: 'Shared context: read what holds at a place, write it, or share it upward.',
}
