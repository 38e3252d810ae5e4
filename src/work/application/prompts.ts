import type { Prompt } from '../../kernel/hall.ts'

/** Turns a goal into tasks of a project. */
const plan: Prompt = {
  name: 'plan',
  about: 'Break a goal into tasks with dependencies, and save them.',
  arguments: [
    { name: 'project', about: 'Key of the project', required: true },
    { name: 'goal', about: 'What should be true at the end', required: true },
  ],
  text: ({ project = '', goal = '' }) =>
    [
      `Plan this goal in project ${project}: ${goal}`,
      '',
      `Read context at ${project} first, then task_find in ${project} for what exists already.`,
      'Write tasks that one worker finishes in a sitting: a title that says the result, a body',
      'with what must be known, an accept list that a stranger can check. Use refs and depends_on',
      'for order, parent for parts of a whole. Save with one task_save, dry_run first, then for',
      'real, and answer with the keys and the order in which they become ready.',
    ].join('\n'),
}

/** Tells what happened and what is stuck. */
const standup: Prompt = {
  name: 'standup',
  about: 'Say what was finished, what runs, and what is stuck in a project.',
  arguments: [{ name: 'project', about: 'Key of the project', required: true }],
  text: ({ project = '' }) =>
    [
      `Give the standup of project ${project}.`,
      '',
      `Read the board (resource guildhall://board/${project}) and task_find in ${project} for`,
      'status:started and blocked. For what is blocked, task_get with include why.',
      'Answer in three short lists: finished since yesterday, running now and by whom, stuck and',
      'what would free it. Name tasks by their keys; leave out what did not change.',
    ].join('\n'),
}

/** Checks a task against what it promised. */
const review: Prompt = {
  name: 'review',
  about: 'Check a task in review against its accept list.',
  arguments: [{ name: 'task', about: 'Key of the task', required: true }],
  text: ({ task = '' }) =>
    [
      `Review ${task}.`,
      '',
      `Read it with task_get ${task}, include comments, log and context. Check each line of the`,
      'accept list against the evidence of the last attempt, in the work itself, not in what is',
      'said about it. Answer with the lines that hold, the lines that do not and why, and one',
      'sentence: close it, or hand it back with these points.',
    ].join('\n'),
}

/** The prompts that this room offers to people in their MCP clients. */
export const prompts: readonly Prompt[] = [plan, standup, review]
