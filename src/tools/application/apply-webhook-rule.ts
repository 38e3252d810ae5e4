import { createHash } from 'node:crypto'
import type { Words } from '../../kernel/operation.ts'
import { Refusal, refuse } from '../../kernel/refusal.ts'
import { fillBody, fillTitle, fits, type Received, valueAt } from '../domain/webhook-template.ts'
import type { Hook, Receipt, Rule, WebhookNeeds } from './webhook-ports.ts'

const TITLE_MAX = 250
const BODY_MAX = 30_000
const COMMENT_MAX = 7_000

/** The code of the refusal of a rule that cannot do what it says; the details name the reason. */
export const RULE_FAILED = 'tools.webhook_rule_failed'

/** What came of a call. */
export type Came = Pick<Receipt, 'outcome' | 'taskKey' | 'why'>

type Needs = Pick<WebhookNeeds, 'receipts' | 'makers' | 'taskMaker'> & Words
type Applied = Readonly<{ hook: Hook; rule: Rule; received: Received }>

/**
 * Makes a task of a call, or comments on the one that stands for the same thing, with the rights
 * that the rule's maker has at this moment. Whatever keeps it from that is one kind of refusal.
 */
export const applyRule = async (needs: Needs, applied: Applied): Promise<Came> => {
  if (!fits(applied.rule.when, applied.received)) {
    return { outcome: 'unmatched', taskKey: null, why: null }
  }
  try {
    return await makeTask(needs, applied)
  } catch (error) {
    // What passes by itself is the sender's to repeat; the rest would be the same the next time.
    if (!(error instanceof Refusal) || error.kind === 'unavailable') throw error
    throw refuse('conflict', RULE_FAILED, 'The rule could not be carried out.', {
      why: error.code,
    })
  }
}

const makeTask = async (needs: Needs, { hook, rule, received }: Applied): Promise<Came> => {
  const { receipts, taskMaker, makers, call, emit } = needs
  const { projectId, labels, type } = rule
  const may = await makers.mayAct(hook.maker)
  if (!may('task:write', projectId)) throw notAllowed()
  const words: Words = { call, emit, condition: null, visible: null, may }
  const body = textOf({ hook, rule, received }, BODY_MAX)
  const thing = thingOf(rule, received)
  const known = thing === null ? null : await receipts.taskOf(hook.id, thing, call.now)
  if (known !== null) {
    await taskMaker.comment(known, textOf({ hook, rule, received }, COMMENT_MAX), words)
    return { outcome: 'comment', taskKey: known, why: null }
  }
  const title = fillTitle(rule.title, received, TITLE_MAX)
  if (title === '') throw noTitle()
  const taskKey = await taskMaker.create({ projectId, title, body, type, labels }, words)
  if (thing !== null) await receipts.setTask(hook.id, thing, taskKey)
  return { outcome: 'task', taskKey, why: null }
}

const textOf = ({ hook, rule, received }: Applied, max: number): string => {
  const from = `From the webhook ${hook.name}: what it quotes was written outside the hall.`
  return rule.body === null ? from : `${from}\n\n${fillBody(rule.body, received, max)}`
}

/** Names the thing that a body is about, if its rule says where, and the body does. */
const thingOf = ({ sameAs }: Rule, received: Received): string | null => {
  const value = sameAs === null ? undefined : valueAt(received, sameAs)
  if (typeof value !== 'string' && typeof value !== 'number') return null
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

const notAllowed = () =>
  refuse('forbidden', 'tools.webhook_rule_not_allowed', 'Its maker may not make tasks there.')

const noTitle = () =>
  refuse('invalid', 'tools.webhook_title_empty', 'The title came out empty for this body.')
