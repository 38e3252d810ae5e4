/** A small project that shows what a hall is for: stories with subtasks, in some order. */
export const DEMO = {
  key: 'DEMO',
  name: 'Demo: a reading list',
  tasks: [
    {
      ref: 'list',
      ...{ title: 'Readers keep a list of what they want to read', type: 'epic', status: 'Todo' },
      body: 'A page where somebody keeps books, and finds them again. No sign-in yet.',
    },
    {
      ...{ ref: 'store', parent: 'list', title: 'Keep books in a file', status: 'Todo' },
      ...{ priority: 'high', points: 2, labels: ['data'] },
      accept: ['A book has a title and an author', 'A restart loses nothing'],
    },
    {
      ...{ ref: 'add', parent: 'list', title: 'Add a book with title and author', status: 'Todo' },
      ...{ points: 3, labels: ['page'], depends_on: ['store'] },
    },
    {
      ...{ ref: 'find', parent: 'list', title: 'Find a book by a part of its title' },
      ...{ status: 'Todo', points: 3, labels: ['page'], depends_on: ['store'] },
    },
    {
      ...{ ref: 'done', parent: 'list', title: 'Tick off a book that was read', status: 'Todo' },
      ...{ points: 1, labels: ['page'], depends_on: ['add'] },
    },
    {
      ...{ ref: 'bug', title: 'Titles with an accent are not found', type: 'bug' },
      ...{ status: 'Triage', priority: 'urgent', labels: ['data'], depends_on: ['find'] },
    },
    {
      ...{ ref: 'readme', title: 'Say in the README how to start it', type: 'chore' },
      ...{ status: 'Todo', priority: 'low', points: 1, labels: ['words'] },
    },
    {
      ...{ ref: 'share', title: 'Readers share a list by a link', type: 'story' },
      ...{ status: 'Backlog', points: 5, depends_on: ['list'] },
    },
  ],
} as const
