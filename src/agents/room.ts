import type { IdentityApi } from '../identity/contract.ts'
import type { Ground, Reaction, Room } from '../platform/room.ts'
import type { WorkApi } from '../work/contract.ts'
import { decideApproval } from './application/decide-approval.ts'
import { expireApprovals } from './application/expire-approvals.ts'
import { listApprovals } from './application/list-approvals.ts'
import { listClients } from './application/list-clients.ts'
import { lookAtMachine, readBacklog } from './application/look-at-machine.ts'
import type { Machine, MachineNeeds } from './application/machine-ports.ts'
import type { AgentsNeeds, ClientTexts } from './application/ports.ts'
import { showApproval } from './application/show-approval.ts'
import { withdrawApproval } from './application/withdraw-approval.ts'
import { withdrawWhenPrincipalStopped } from './application/withdraw-when-principal-stopped.ts'
import {
  ApprovalAsked,
  ApprovalBacked,
  ApprovalDecided,
  ApprovalExpired,
  approvalTopic,
  ApprovalWithdrawn,
} from './contract.ts'
import {
  approvalStore,
  noOpenApprovals,
  orgsWithOverdueApprovals,
} from './infrastructure/approval-store.ts'
import { agentsSubject } from './infrastructure/subject-store.ts'

export { agentsApi } from './infrastructure/agents-api.ts'
export type { Machine } from './application/machine-ports.ts'
export { machineLook } from './infrastructure/machine-look.ts'

/** How often the hub looks for approvals whose time is over: somebody may be waiting for them. */
const EXPIRE_EVERY_MS = 5_000
/** Long polls that one closed approval wakes; one call waits for it, rarely a repeated one, too. */
const WAKES_MAX = 8

/** What this room needs of others, made for the ground it stands on. */
export type AgentsOthers = Readonly<{
  people: (ground: Ground) => Pick<IdentityApi, 'handles'>
  work: (ground: Ground) => Pick<WorkApi, 'allProjectIds' | 'projectKeys'>
  clients: ClientTexts
  /** The machine that the hub runs on. */
  machine: () => Machine
}>

const withdrawStopped: Reaction<AgentsNeeds> = {
  ...withdrawWhenPrincipalStopped,
  idle: noOpenApprovals,
  unhurried: true,
}

const CLOSING: ReadonlySet<string> = new Set([
  ...[ApprovalDecided.event, ApprovalExpired.event, ApprovalWithdrawn.event],
])

/** Wires the room of agents: for now what they ask people for, and the inbox. */
export const agentsRoom = ({
  people,
  work,
  clients,
  machine,
}: AgentsOthers): Room<AgentsNeeds & MachineNeeds> => ({
  name: 'agents',
  subject: agentsSubject,
  migrations: new URL('./infrastructure/migrations/', import.meta.url),
  needs: (ground) => ({
    approvals: approvalStore(ground),
    people: people(ground),
    projects: work(ground),
    clients,
    get machine() {
      return machine()
    },
  }),
  operations: [
    ...[listApprovals, showApproval, decideApproval, withdrawApproval, expireApprovals],
    ...[listClients, lookAtMachine, readBacklog],
  ],
  events: {
    'approval:decide': [
      ApprovalAsked,
      ApprovalBacked,
      ApprovalDecided,
      ApprovalExpired,
      ApprovalWithdrawn,
    ],
  },
  reactions: [withdrawStopped],
  schedules: [
    {
      name: 'agents.expire_approvals',
      everyMs: EXPIRE_EVERY_MS,
      operation: expireApprovals,
      due: orgsWithOverdueApprovals,
    },
  ],
  wakes: ({ name, data }) =>
    CLOSING.has(name)
      ? [{ topic: approvalTopic(String(data['approvalId'])), count: WAKES_MAX }]
      : [],
})
