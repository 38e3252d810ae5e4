// @ts-nocheck
import { expect, test } from 'vitest'
import { bench } from '../../test/bench.ts'
import { writeFileSync } from 'node:fs'
const out = []
const log = (...a) => { out.push(a.map((x) => typeof x === 'string' ? x : JSON.stringify(x)).join(' ')) }
const M = 'SECRETCONTENT'
test('probe', async () => {
  const b = await bench()
  const o = await bench()
  const { run, refused, given, call } = b
  await given.project('AA'); await given.project('BB')
  const a1 = await given.agent('a-one', ['AA']); const a2 = await given.agent('a-two', ['AA']); const bb = await given.agent('b-one', ['BB'])
  const member = await given.person('mem', 'member'); const viewer = await given.person('view', 'viewer')
  await run('work.save_project', { id: 'BB', data: { settings: {} } }).catch((e) => log('save_project', e.message))
  const ks = await given.tasks([{ title: M + ' one', body: M + ' body', labels: ['lab' + M], accept: [M], comment: M + 'c', skills: [] }, { title: M + ' two', depends_on: ['BB-1'] }, { title: M+'3' }, { title: 'x4' }, {title:'x5'}, {title:'x6'},{title:'x7'},{title:'x8'}], 'BB')
  await given.tasks([{ title: 'aa' }, { title: 'ab' }, { title: 'ac' },{title:'ad'}], 'AA')
  const t = async (name, input, as) => { try { const r = await call(name, input, as); return 'OK ' + r.text().slice(0, 160) } catch (e) { return `${e.kind ?? 'BUG'} ${e.code ?? ''} ${e.message} ${JSON.stringify(e.details ?? e.stack?.slice(0,300))}` } }
  const w = async (name, input, as) => log('  do', name, await t(name, input, as))
  // lots of writes with content
  await w('work.save_branch', { project: 'BB', name: 'feat' })
  await w('work.save_sprint', { project: 'BB', data: { goal: M + ' goal', name: M } })
  await w('work.save_sprint', { project: 'BB', data: { goal: M + ' goal' } })
  await w('work.next_task', { id: 'BB-1' }, bb)
  await w('work.update_work', { lease: 'BB-1#1', note: M + 'note', progress: 10, usage: {model:'m', input: 1, output: 1, usd: 0.1} }, bb)
  await w('context.write_context', { at: 'BB-1', path: 'p' + M, data: { k: M } }, bb)
  await w('context.share_context', { at: 'BB', path: 'p' + M, data: M, reason: M }, bb)
  await w('work.ask_question', { kind: 'choose', text: M + '?', options: ['o' + M, 'p'], task: 'BB-1', wait_s: 0 }, bb)
  await w('work.ask_question', { kind: 'approve', text: M + 'ok?', task: 'BB-1', wait_s: 0 }, bb)
  await w('work.answer_question', { key: 'Q-2', answer: 'approve' }, bb)
  const b2 = await given.agent('b-two', ['BB'])
  await w('work.answer_question', { key: 'Q-2', answer: 'approve' }, b2)
  await w('work.answer_question', { key: 'Q-1', answer: 'p' }, b2)
  await w('work.answer_question', { key: 'Q-1', answer: 'o' + M, note: M })
  await w('work.answer_question', { key: 'Q-2', answer: 'reject', note: M })
  await w('work.add_comment', { key: 'BB-1', body: M })
  await w('work.change_task', { key: 'BB-3', title: M + 'new', body: M + 'b2', labels: ['+q' + M], accept: [M] , version: 1})
  await w('work.change_task', { key: 'BB-3', blocked: M + 'blocked' })
  await w('work.finish_work', { lease: 'BB-1#1', outcome: 'done', summary: M, evidence: M, learned: [M + ' lesson'] }, bb)
  await w('work.next_task', { id: 'BB-2' }, bb)
  await w('work.stop_task', { key: 'BB-2', reason: M })
  await w('work.release_task', { key: 'BB-2', reason: M })
  await w('work.next_task', { id: 'BB-2' }, bb)
  await w('work.take_over_task', { key: 'BB-2', note: M })
  await w('work.hand_back_task', { key: 'BB-2', note: M, to: 'b-one' })
  await w('work.next_task', { id: 'BB-2' }, bb)
  await w('work.finish_work', { lease: 'BB-2#4', outcome: 'blocked', summary: M }, bb)
  await w('work.next_task', { id: 'BB-4' }, bb)
  await w('work.finish_work', { lease: 'BB-4#1', outcome: 'failed', summary: M }, bb)
  await w('work.next_task', { id: 'BB-5' }, bb)
  await w('work.ask_question', { kind: 'question', text: M + 'park', task: 'BB-5', wait_s: 1 }, bb)
  await w('context.save_objective', { title: M, metric: { unit: M, start: 0, target: 1, current: 0 }, weight: 1, places: ['BB'] })
  await w('context.save_objective', { id: 'O-1', title: M + 'x' , version: 1})
  await w('context.decide_delegation', { id: 'D-1', decision: 'edit', data: M + 'ed', note: M })
  await w('context.decide_delegation', { id: 'D-2', decision: 'reject', note: M })
  await w('work.save_project', { id: 'BB', data: { name: M + ' name' } })
  await w('work.save_columns', { project: 'BB', columns: [{ name: 'x' }] })
  await w('work.start_sprint', { project: 'BB', id: 1 })
  await w('work.assign_agent', { id: 'b-one', branch: 'BB/main' })
  await w('identity.create_person', { handle: 'pp', name: M + 'pers', email: 'x' + M + '@y.zz', role: 'member' })
  await w('identity.create_key', { name: M + 'keyname' })
  await w('work.import_beads', { project: 'IM', text: JSON.stringify({ id: 'bd-1', title: M, description: M, status: 'open', priority: 1, issue_type: 'task', created_at: '2025-01-01T00:00:00Z', assignee: M, labels: [M], comments: [{ author: M, text: M, created_at: '2025-01-01T00:00:00Z' }] }) + '\n' })
  await w('work.archive_task', { key: 'BB-6' })
  await w('work.archive_project', { id: 'IM' })
  // events
  const events = await b.ledger()
  const leaks = new Map()
  for (const e of events) {
    const walk = (v, p) => { if (typeof v === 'string' && v.includes(M)) leaks.set(`${e.name} data${p}`, v); else if (v && typeof v === 'object') for (const [k, x] of Object.entries(v)) { if (k.includes(M)) leaks.set(`${e.name} KEY data${p}`, k); walk(x, p + '.' + k) } }
    walk(e.data, '')
  }
  log('EVENT KEYS', Object.keys(events[0]), [...new Set(events.map((e) => e.name))].length)
  const raw = await b.database.read(b.orgId).sql?.`select 1` .catch(() => null)
  for (const [k, v] of leaks) log('LEAK', k, v)
  // verify raw columns
  try {
    const { default: pg } = await import('pg')
    const { clientOptions } = await import('../platform/postgres/target.ts')
    const c = new pg.Client(clientOptions(b.target, 'admin')); await c.connect()
    for (const tb of ['ledger', 'outbox', 'idempotency', 'parked']) { const r = await c.query(`select * from platform.${tb} x where x::text like '%${M}%' limit 8`); log('RAW', tb, r.rowCount, r.rows.slice(0,5).map((x) => x.name + ' ' + JSON.stringify(x.data ?? x).slice(0, 300))) }
    await c.end()
  } catch (e) { log('RAW failed', e.message) }
  // agent a1 against BB vs XX, all ops
  const inputs = (P) => ({
    'identity.create_agent': { name: 'ev', projects: [P] }, 'identity.give_role': { handle: 'a-one', role: 'owner', project: P }, 'identity.take_role': { handle: 'b-one', role: 'agent', project: P },
    'identity.create_key': { name: 'k', projects: [P] }, 'work.add_dependency': { key: 'AA-1', to: `${P}-1` }, 'work.remove_dependency': { key: `${P}-2`, to: `${P}-1` },
    'work.archive_project': { id: P }, 'work.archive_task': { key: `${P}-1` }, 'work.ask_question': { kind: 'question', text: 'x', task: `${P}-3`, wait_s: 0 },
    'work.assign_agent': { id: 'a-one', branch: `${P}/main` }, 'work.unassign_agent': { id: 'a-one', branch: `${P}/main` }, 'work.change_task': { key: `${P}-3`, title: 'x' }, 'work.claim_task': { key: `${P}-7` },
    'work.close_sprint': { project: P, id: 1, data: {} }, 'work.add_comment': { key: `${P}-1`, body: 'x' }, 'work.list_comments': { key: `${P}-1` }, 'work.list_attempts': { key: `${P}-1` }, 'work.create_project': { key: P, name: 'x' },
    'work.find_tasks': { project: P }, 'work.finish_work': { lease: `${P}-1#1`, outcome: 'done' }, 'work.get_board': { project: P }, 'work.get_readiness': { key: `${P}-1` }, 'work.get_snapshot': { project: P }, 'work.get_task': { key: `${P}-1` },
    'work.read_tasks': { ids: [`${P}-1`] }, 'work.hand_back_task': { key: `${P}-2` }, 'work.import_beads': { project: P, text: '{}\n' }, 'work.import_guildhall': { text: '{"k":"guildhall","v":1}\n', project: P }, 'work.open_export': { project: P }, 'work.undo_import': { source: 'beads', project: P },
    'work.list_projects': { id: P }, 'work.get_project': { id: P }, 'work.list_questions': { task: `${P}-1` }, 'work.list_sprints': { project: P }, 'work.get_sprint': { project: P, id: 1 }, 'work.list_task_events': { key: `${P}-1` }, 'work.move_task': { key: `${P}-3`, to: 'Done' },
    'work.next_task': { project: P }, 'work.release_task': { key: `${P}-1` }, 'work.save_branch': { project: P, name: 'z' }, 'work.save_columns': { project: P, columns: [] }, 'work.save_project': { id: P, data: { name: 'n' } }, 'work.save_sprint': { project: P, data: { goal: 'g' } },
    'work.save_tasks': { project: P, items: [{ title: 'x' }] }, 'work.start_sprint': { project: P, id: 1 }, 'work.stop_task': { key: `${P}-1` }, 'work.take_over_task': { key: `${P}-2` }, 'work.update_work': { lease: `${P}-1#1` },
    'context.read_context': { at: P }, 'context.write_context': { at: `${P}-1`, path: 'x', data: 1 }, 'context.share_context': { at: P, path: 'x', data: 1, from: 'AA-1' }, 'context.list_delegations': { to: P }, 'context.save_objective': { title: 'x', places: [P] }, 'work.import_backlog_md': {project: P, files: []},
  })
  const more = (P) => [['work.find_tasks', { q: `${P}-1` }], ['work.find_tasks', { q: `sprint:1 ${M}` }], ['work.move_task', { key: 'AA-1', to: 'Todo', before: `${P}-3` }], ['work.save_tasks', { items: [{ id: 'AA-1', parent: `${P}-3` }] }], ['work.save_tasks', { items: [{ id: 'AA-1', branch: `${P}/main` }] }], ['work.next_task', { branch: `${P}/main` }], ['work.next_task', { id: `${P}-3` }],['work.ask_question', { kind: 'question', text: 'x', task: `${P}-3` }], ['context.read_context', { at: `${P}/main` }], ['context.read_context', { at: `${P}-1` }], ['work.list_questions', {task: `${P}-3`}]]
  const same = async (as, who) => {
    const A = inputs('BB'), X = inputs('XX')
    for (const n of Object.keys(A)) { const x = await t(n, X[n], as), a = await t(n, A[n], as); if (a.replaceAll('BB', 'XX') !== x || a.startsWith('OK') || a.startsWith('BUG')) log(who, n, '\n   real:', a, '\n   none:', x) }
    const am = more('BB'), xm = more('XX')
    for (const i in am) { const x = await t(xm[i][0], xm[i][1], as), a = await t(am[i][0], am[i][1], as); if (a.replaceAll('BB', 'XX') !== x || a.startsWith('OK') || a.startsWith('BUG')) log(who, am[i], '\n   real:', a, '\n   none:', x) }
    for (const [n, i] of [['work.answer_question', { key: 'Q-3', answer: 'x' }], ['work.answer_question', { key: 'Q-99', answer: 'x' }], ['context.decide_delegation', { id: 'D-1', decision: 'accept' }], ['context.decide_delegation', { id: 'D-99', decision: 'accept' }], ['context.archive_objective', { id: 'O-1', version: 2 }], ['context.archive_objective', { id: 'O-99', version: 2 }], ['context.list_objectives', {}], ['context.list_delegations', {}], ['work.list_questions', {}], ['work.find_tasks', { q: '@b-one' }], ['work.find_tasks', { q: '@ghost' }], ['identity.list_keys', {}], ['identity.list_principals', {}], ['identity.get_agent', { id: 'b-one' }], ['identity.get_agent', { id: 'ghost' }], ['identity.list_agents', {}], ['identity.create_key', { name: 'k' }], ['identity.create_key', { name: 'k', principal: 'owner' }], ['identity.create_key', { name: 'k', principal: 'ghost' }], ['identity.create_person', { handle: 'h', name: 'h', role: 'owner' }], ['identity.suspend_principal', { handle: 'owner' }], ['identity.verify_ledger', {}], ['work.open_export', {}], ['work.get_snapshot', {}], ['context.write_context', { at: 'global', path: 'x', data: 1 }], ['context.share_context', { at: 'global', path: 'x', data: 1, from: 'AA-1' }]]) log(who, n, i, await t(n, i, as))
  }
  await same(a1, 'AGENT')
  // escalation in own project
  for (const [n, i] of [['work.move_task', { key: 'AA-1', to: 'In progress' }], ['work.move_task', { key: 'AA-1', to: 'Done' }], ['work.change_task', { key: 'AA-1', status: 'Done' }], ['work.archive_task', { key: 'AA-1' }], ['work.add_dependency', { key: 'AA-2', to: 'AA-1' }], ['work.take_over_task', { key: 'AA-1' }], ['work.release_task', { key: 'AA-1' }], ['work.claim_task', { key: 'AA-1' }], ['work.claim_task', { key: 'AA-2', lease_s: 14401 }], ['work.add_comment', { key: 'AA-2', body: 'c' }], ['work.save_tasks', { items: [{ id: 'AA-2', archived: true }] }], ['work.change_task', { key: 'AA-2', delegate: 'a-one' }], ['work.change_task', { key: 'AA-1', delegate: 'owner' }], ['work.change_task', { key: 'AA-1', status: 'In review' }], ['work.change_task', { key: 'AA-1', blocked: null }], ['work.move_task', { key: 'AA-2', to: 'Canceled' }], ['work.move_task', { key: 'AA-2', to: 'Backlog' }], ['work.move_task', { key: 'AA-2', to: 'Todo', before: 'AA-1' }], ['work.save_branch', { project: 'AA', name: 'mine' }], ['work.assign_agent', { id: 'a-one', branch: 'AA/main' }], ['identity.give_role', { handle: 'a-one', role: 'member', project: 'AA' }], ['identity.create_agent', { name: 'kid', projects: ['AA'] }], ['work.stop_task', { key: 'AA-1' }], ['work.hand_back_task', { key: 'AA-1' }], ['work.update_work', { lease: 'AA-1#2' }], ['work.answer_question', { key: 'Q-2', answer: 'approve' }]]) log('OWN', n, i, await t(n, i, a1))
  log('LEASE of other', await t('work.update_work', { lease: 'AA-1#1' }, a2)); log('LEASE wrong', await t('work.update_work', { lease: 'AA-1#7' }, a2)); log('fin', await t('work.finish_work', { lease: 'AA-1#1', outcome: 'done' }, a2)); log('owner fin', await t('work.finish_work', { lease: 'AA-1#1', outcome: 'done' }))
  log('viewer', await t('work.claim_task', { key: 'AA-3' }, viewer), await t('work.add_comment', { key: 'AA-3', body: 'x' }, viewer), await t('work.open_export', {}, viewer), await t('identity.create_key', { name: 'x' }, viewer))
  log('member', await t('identity.give_role', { handle: 'mem', role: 'owner' }, member), await t('identity.create_person', { handle: 'q', name: 'q', role: 'owner' }, member), await t('identity.create_key', { name: 'x', principal: 'owner' }, member), await t('work.open_export', {}, member), await t('identity.create_agent', { name: 'memkid', projects: ['AA'] , role: 'owner'}, member), await t('identity.create_agent', { name: 'memkid2', projects: ['AA'], role: 'member' }, member))
  // idempotency across principals/ops
  const k = 'same-key'
  const i1 = async (n, i, as) => { try { const op = b.house.pipeline.operations.get(n); const r = await b.house.pipeline.run(op, i, { actor: as, door: 'http', idempotencyKey: k }); return 'OK ' + r.text() } catch (e) { return `${e.kind} ${e.code} ${e.message}` } }
  log('IDEM', await i1('work.add_comment', { key: 'AA-3', body: 'one' }, b.owner), await i1('work.add_comment', { key: 'AA-3', body: 'one' }, member), await i1('work.add_comment', { key: 'AA-3', body: 'two' }, b.owner), await i1('work.move_task', { key: 'AA-3', to: 'Done' }, b.owner), await i1('work.claim_task', {key:'AA-4'}, a1), await i1('work.claim_task', {key:'AA-4'}, a2))
  log('comments', (await run('work.list_comments', { key: 'AA-3' })).items.map((c) => c.author + c.body))
  // cursors
  for (const c of ['c_' + Buffer.from('["a","b","c"]').toString('base64url'), 'c_' + Buffer.from('["V0","x\' or 1=1"]').toString('base64url'), 'c_' + Buffer.from('[null,{}]').toString('base64url'), 'c_' + Buffer.from('["\\u0000","AA-1"]').toString('base64url'), 'c_' + Buffer.from('[1e400,"BB-1"]').toString('base64url'), 'c_'])
    for (const n of ['work.find_tasks', 'identity.list_keys', 'identity.list_principals', 'identity.list_agents', 'work.list_questions', 'context.list_objectives', 'context.list_delegations', ]) { const r = await t(n, { cursor: c }); if (!r.startsWith('invalid platform.cursor_not_valid')) log('CURSOR', n, c, r) }
  for (const s of ['updated', 'due', 'priority']) for (const c of ['["x","AA-1"]', '["9999999999999999","AA-1"]', '["2020-99-99","AA-1"]', '[5,"AA-1"]', '["NaN","AA-1"]']) { const r = await t('work.find_tasks', { sort: s, cursor: 'c_' + Buffer.from(c).toString('base64url') }); if (!/cursor_not_valid/.test(r)) log('CURSOR', s, c, r.slice(0, 200)) }
  for (const n of ['work.list_comments', 'work.list_task_events']) for (const c of ['["x","y"]', '["x"]', '[-1]', '[1e30]', '["2020-01-01T00:00:00Z","nouuid"]', '["99999999999999999999"]']) { const r = await t(n, { key: 'AA-3', cursor: 'c_' + Buffer.from(c).toString('base64url') }); if (!/cursor_not_valid/.test(r)) log('CURSOR', n, c, r.slice(0, 300)) }
  for (const q of ["'", '"', '\\', 'a & b | !c', ':*', 'label:%', "label:'", '@', '@%', 'status:\\', 'AA-99999999999999999999', 'sprint:99999999999999999999', 'sprint:x', '(((', '\u0000', '\ud800', 'priority:', 'branch:../../', 'x'.repeat(500)]) { const r = await t('work.find_tasks', { q }); if (r.startsWith('BUG') || /syntax|pg|SQL/i.test(r)) log('Q', q, r) }
  for (const key of ['AA-99999999999', 'AA-2147483648', 'AA-9007199254740993']) log('BIGKEY', key, await t('work.get_task', { key }), await t('work.move_task', { key, to: 'Done' }), await t('work.update_work', { lease: key + '#1' }), await t('work.update_work', { lease: 'AA-1#99999999999' }), await t('work.answer_question', { key: 'Q-99999999999', answer: 'x' }), await t('context.archive_objective', { id: 'O-99999999999', version: 1 }), await t('work.get_sprint', { project: 'AA', id: 99999999999 }), await t('context.decide_delegation', { id: 'D-99999999999', decision: 'accept' }))
}, 120000)
test('end', () => { writeFileSync('/tmp/ghprobe.txt', out.join('\n')) })
