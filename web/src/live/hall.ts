import type { Card, ProjectView } from '../../../src/work/contract.ts'
import type { Api } from './api.ts'
import { hubApi, Refused, shape } from './api.ts'
import type { LinkState } from './connection.ts'
import type { Details } from './details.ts'
import { taskDetails } from './details.ts'
import { firstPath, snapshotPath } from './early.ts'
import type { LiveEvent } from './event.ts'
import type { Freshness } from './freshness.ts'
import { freshness } from './freshness.ts'
import type { Inbox } from './inbox.ts'
import { liveInbox } from './inbox.ts'
import type { News } from './news.ts'
import { liveNews } from './news.ts'
import type { Notices } from './notices.ts'
import { noticeBoard } from './notices.ts'
import type { BuildWatch } from './own/build.ts'
import { buildWatch } from './own/build.ts'
import { warnBeforeClose } from './own/close-warning.ts'
import { hubLink } from './own/link.ts'
import { projectList } from './own/projects.ts'
import type { Me } from './own/rights.ts'
import { mayAnywhere, rightsOf } from './own/rights.ts'
import { whyOf } from './own/why-of.ts'
import type { Undo } from './own/undo.ts'
import { undoList } from './own/undo.ts'
import { whoChanged } from './own/who-changed.ts'
import type { Writes } from './own/writes.ts'
import { waitingWrites } from './own/writes.ts'
import type { People } from './people.ts'
import { peopleBook } from './people.ts'
import type { Sprints } from './sprints.ts'
import { liveSprints } from './sprints.ts'
import type { Store } from './store.ts'
import { liveStore } from './store.ts'
import { pageStream } from './tabs/page-stream.ts'
import { sharedName } from './tabs/share.ts'
import type { Topics } from './topics.ts'
import { onFrame, painted, topicBoard } from './topics.ts'

/** A project as lists show it. */
export type Project = (typeof ProjectView)['_output']

/** Everything the page has of the hub while somebody is signed in. */
export type Hall = Readonly<{
  api: Api
  topics: Topics
  store: Store
  details: Details
  people: People
  /** What waits for this person's word. */
  inbox: Inbox
  /** Sprints of the projects that are looked at. */
  sprints: Sprints
  /** Tells pages what happened, for what only they show. */
  news: News
  notices: Notices
  /** What was done here and can be taken back. */
  undo: Undo
  /** Changes that wait until the hub is back. */
  writes: Writes
  /** Whether the hub serves another build of this page. */
  build: BuildWatch
  /** Where actions wait that need a fresh sign-in. */
  fresh: Freshness
  /** Where everything waits after the session has ended, until the same person is back. */
  again: Freshness
  /** Tells whether it is a key that speaks here, and no browser session. */
  isByKey: boolean
  me(): Me | null
  /** Tells whether the person holds a permission in a project. */
  may(permission: string, project: string): boolean
  /** Projects, or `null` until they are known. */
  projects(): readonly Project[] | null
  /** Tells whether a project has more open cards than the hub gives at once. */
  isCut(project: string): boolean
  /** Why the start did not work, if it did not. */
  trouble(): string | null
  link(): LinkState
  /** When the hub is tried again, or may be asked again: a moment as `Date.now()` counts. */
  linkDue(): number | null
  /** Reads a project and follows it. */
  open(project: string): Promise<void>
  /** The same, but resolves as soon as the cards in front are here. */
  openFirst(project: string): Promise<void>
  /** Hears of changes where no project is open, the end of the session among them. */
  listen(): void
  /** Reads who is signed in and which projects there are. */
  start(): Promise<void>
  stop(): void
}>

type Snapshot = Readonly<{
  epoch: number
  pos: number
  cut: boolean
  more: readonly Readonly<{ column: string; cards: number }>[]
  cards: readonly Card[]
}>

const isSnapshot = shape<Snapshot>('epoch', 'pos', 'cut', 'more', 'cards')
const isCard = shape<Card>('id', 'key', 'version', 'column')
const REREAD_PAUSE_MS = 1000

/** Makes the hall for a key, or for the session of this browser. */
export const openHall = (key: string | null, signedOut: (refused: Refused) => void): Hall => {
  const topics = topicBoard(onFrame)
  const [fresh, again] = [freshness(topics), freshness(topics)]
  const writes = waitingWrites(topics)
  const stopWarning = warnBeforeClose(topics, writes)
  const build = buildWatch(topics)
  // Rights may have ended while nothing was heard; with others, everything may be another.
  const back = (): void =>
    void rights.again().then(
      (isOther) => isOther && reset(),
      () => {},
    )
  const link = hubLink({ topics, writes, build, back })
  let isStopped = false
  const api = hubApi({
    key,
    writes,
    confirm: fresh.ask,
    // A key cannot come back, and before the start there is nothing to keep.
    async signInAgain() {
      if (key !== null || rights.me() === null || isStopped) return false
      // Other tabs may be back sooner than this one.
      stream.pause()
      return again.ask().finally(stream.resume)
    },
    busy: (seconds) => link.busy(seconds),
    // Whoever has signed out knows it.
    signedOut: (refused) => !isStopped && signedOut(refused),
  })
  const rights = rightsOf(api, topics)
  const notices = noticeBoard(topics)
  const undo = undoList({
    notices,
    whoChanged: (task) => whoChanged(api, { task, me: rights.me()?.handle }),
  })
  const people = peopleBook(api, topics)
  const inbox = liveInbox({
    ...{ api, topics },
    may: rights.may,
    mayAnywhere: (permission) => mayAnywhere(rights.me(), permission),
  })
  const sprints = liveSprints({ api, topics })
  const news = liveNews()
  const cuts = new Set<string>()
  const projects = projectList({ api, topics })
  let trouble: string | null = null

  const readSnapshot = async (project: string, path: string): Promise<Snapshot> => {
    const read = await api.read(path, isSnapshot)
    if (read.cut) cuts.add(project)
    else cuts.delete(project)
    topics.changed('cuts')
    stream.follow(`${read.epoch}-${read.pos}`)
    return read
  }
  const store = liveStore({
    topics,
    readCard: (task) => readCard(api, task),
    async readCards(project) {
      const { cards } = await readSnapshot(project, snapshotPath(project))
      return cards
    },
    async readFirst(project) {
      const { cards, more } = await readSnapshot(project, firstPath(project))
      return { cards, more: new Map(more.map((one) => [one.column, one.cards])) }
    },
    // A board shows nothing before its project is known.
    painted: () => projects.known.then(painted),
    pause: () =>
      new Promise((resolve) => {
        setTimeout(() => !isStopped && resolve(), REREAD_PAUSE_MS)
      }),
  })
  const details = taskDetails({ api, topics, took: store.take })
  const heard = (events: readonly LiveEvent[]): void => {
    store.apply(events)
    notices.others(events.filter((event) => isOthers(event, rights.me())).length)
    details.touch(events)
    inbox.touch(events)
    sprints.touch(events)
    projects.touch(events)
    news.tell(events)
  }
  const reset = (): void => {
    Promise.all([store.refresh(), projects.read(), rights.again(), inbox.read()]).catch(() => {})
    details.refresh()
    sprints.refresh()
    news.tell(null)
  }
  const stream = pageStream({ api, page: { events: heard, reset, state: link.set } })
  return {
    ...{ api, topics, store, details, people, inbox, sprints, news },
    ...{ notices, undo, writes, build, fresh, again },
    isByKey: key !== null,
    me: rights.me,
    may: rights.may,
    projects: projects.all,
    isCut: (project) => cuts.has(project),
    trouble: () => trouble,
    link: link.state,
    linkDue: link.dueAt,
    // A project that cannot be read still leaves a page that hears of others.
    open: (project) => store.open(project).finally(() => stream.follow(null)),
    openFirst: (project) => store.openFirst(project).finally(() => stream.follow(null)),
    listen: () => stream.follow(null),
    async start() {
      isStopped = false
      try {
        const [who] = await Promise.all([rights.read(), projects.read()])
        const name = await sharedName(who, key)
        if (isStopped) return
        trouble = null
        rights.take(who)
        stream.known(name)
        if (projects.all()?.length === 0) stream.follow(null)
        // What waits for somebody is a number beside the page: the page comes first.
        painted()
          .then(inbox.read)
          .catch(() => {})
      } catch (thrown) {
        trouble = whyOf(thrown)
        topics.changed('me')
      }
    },
    stop() {
      isStopped = true
      stream.stop()
      projects.stop()
      people.stop()
      inbox.stop()
      sprints.stop()
      notices.stop()
      writes.stop()
      stopWarning()
    },
  }
}

const isOthers = ({ name, actor }: LiveEvent, me: Me | null): boolean =>
  name.startsWith('work.task_') && actor !== null && actor !== me?.id && actor !== me?.handle

const readCard = async (api: Api, key: string): Promise<Card | null> => {
  try {
    return await api.read(`/tasks/${key}`, isCard)
  } catch (thrown) {
    if (thrown instanceof Refused && thrown.status === 404) return null
    throw thrown
  }
}
