import { assert } from '../../kernel/assert.ts'
import type { Reaction, Schedule } from '../../platform/room.ts'
import { addTool } from '../application/add-tool.ts'
import { addToolServer } from '../application/add-tool-server.ts'
import { approveTool, rejectTool } from '../application/approve-tool.ts'
import { callTool } from '../application/call-tool.ts'
import { callNative } from '../application/call-native.ts'
import { completeArgument } from '../application/complete-argument.ts'
import { followCall } from '../application/follow-call.ts'
import { getPrompt } from '../application/get-prompt.ts'
import { readResource } from '../application/read-resource.ts'
import { showProfile } from '../application/show-profile.ts'
import { watchProfile } from '../application/watch-profile.ts'
import { catalogueTools } from '../application/catalogue-tools.ts'
import { connectAccount, disconnectAccount } from '../application/connect-account.ts'
import { findTools } from '../application/find-tools.ts'
import { getToolCall } from '../application/get-tool-call.ts'
import type { HubNeeds } from '../application/hub-ports.ts'
import { listToolCalls } from '../application/list-tool-calls.ts'
import { listToolServers } from '../application/list-tool-servers.ts'
import {
  adviseTools,
  listToolProfiles,
  removeToolProfile,
  saveToolProfile,
} from '../application/profiles.ts'
import { refreshDueTools, refreshHeardTools, refreshTools } from '../application/refresh-tools.ts'
import { releaseWhenApproved } from '../application/release-when-approved.ts'
import { resetTool } from '../application/reset-tool.ts'
import { resumeCall } from '../application/resume-call.ts'
import { changeToolServer, removeToolServer } from '../application/server-changes.ts'
import { setToolRules } from '../application/set-tool-rules.ts'
import { showTool } from '../application/show-tool.ts'
import { showToolServer } from '../application/show-tool-server.ts'
import { sweepCalls } from '../application/sweep-calls.ts'
import * as events from '../events.ts'
import { OAUTH_EVENTS } from '../application/oauth-events.ts'
import { OAUTH_OPERATIONS, OAUTH_SCHEDULES } from './oauth-part.ts'
import { orgsWithOldCalls } from './call-store.ts'
import { resumes } from './call-resumes.ts'
import { orgsWithDueServers } from './upstream-store.ts'

/** How often the hub looks for calls that were approved meanwhile. */
const RESUME_EVERY_MS = 1_000
/** How often it looks for servers that are to be asked what they offer. */
const REFRESH_EVERY_MS = 2_000
/** How often it forgets results and tells of calls whose end nobody knows. */
const SWEEP_EVERY_MS = 60_000

/** The part of the room that is the hub: what can be done, what follows, what goes by the clock. */
export const HUB = {
  operations: [
    findTools,
    callTool,
    showTool,
    listToolServers,
    showToolServer,
    addTool,
    addToolServer,
    changeToolServer,
    removeToolServer,
    refreshTools,
    refreshDueTools,
    refreshHeardTools,
    resetTool,
    approveTool,
    rejectTool,
    setToolRules,
    connectAccount,
    disconnectAccount,
    saveToolProfile,
    listToolProfiles,
    removeToolProfile,
    showProfile,
    callNative,
    readResource,
    getPrompt,
    completeArgument,
    watchProfile,
    followCall,
    adviseTools,
    catalogueTools,
    listToolCalls,
    getToolCall,
    resumeCall,
    sweepCalls,
    ...OAUTH_OPERATIONS,
  ],
  events: {
    'tool:read': [
      events.UpstreamAdded,
      events.UpstreamChanged,
      events.UpstreamRemoved,
      events.CatalogueRefreshed,
      events.DefinitionChanged,
      events.DefinitionDecided,
      events.PolicySet,
      events.ProfileSaved,
      events.ProfileRemoved,
      events.CallParked,
      events.CallBegun,
      events.CallEnded,
      events.BreakerClosed,
    ],
    'connection:read': [
      events.ConnectionMade,
      events.ConnectionTurned,
      events.ConnectionRemoved,
      ...OAUTH_EVENTS,
    ],
  },
} as const

/** What follows in the hub from what happens elsewhere. */
export const HUB_REACTIONS: readonly Reaction<Partial<HubNeeds>>[] = [
  {
    ...releaseWhenApproved,
    async run(event, { call, emit, parked, waiting }) {
      assert(parked && waiting, 'a running hub has calls that wait')
      await releaseWhenApproved.run(event, { call, emit, parked, waiting })
    },
  },
]

/** What the hub does by the clock. */
export const HUB_SCHEDULES: readonly Schedule[] = [
  { name: 'tools.resume_calls', everyMs: RESUME_EVERY_MS, operation: resumeCall, due: resumes },
  {
    ...{ name: 'tools.refresh_due_tools', everyMs: REFRESH_EVERY_MS, operation: refreshDueTools },
    due: orgsWithDueServers,
  },
  {
    ...{ name: 'tools.sweep_calls', everyMs: SWEEP_EVERY_MS, operation: sweepCalls },
    due: orgsWithOldCalls,
  },
  ...OAUTH_SCHEDULES,
]
