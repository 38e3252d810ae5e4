import type { AnyOperation } from '../../kernel/operation.ts'
import { finishExternal, finishLink } from './finish-external.ts'
import { listAccounts, listSignInWays, unlinkAccount } from './list-accounts.ts'
import { listProviders, removeProvider, setProvider } from './set-provider.ts'
import { startExternal, startLink } from './start-external.ts'

/** Everything about signing in through other issuers. */
export const PROVIDER_OPERATIONS: readonly AnyOperation[] = [
  listSignInWays,
  startExternal,
  finishExternal,
  startLink,
  finishLink,
  listAccounts,
  unlinkAccount,
  setProvider,
  listProviders,
  removeProvider,
]
