import type { Caller, Database, Identity, Scoped, Transaction } from '../database/database.ts';
import { type Scope as AccessScope, minimumRole } from './access.ts';

/** A signed-in caller of an endpoint that embeds between its statements. */
export interface Entered extends Scoped {
  /** The caller as the database knew him a moment ago; every later statement asks again. */
  caller: Caller;
}

/**
 * Lets the database say whether the caller still counts, before money is spent on his request, and opens his scope for what follows.
 * @throws Problem 401, 403
 */
export async function enter(database: Database, identity: Identity | undefined, access: AccessScope): Promise<Entered> {
  if (identity === undefined) throw new Error('An endpoint for signed-in callers has no identity');
  const scoped = database.as({ kind: 'caller', identity, access, minimumRole: minimumRole(access) });
  const caller = await scoped.transaction(async (_transaction: Transaction, entered) => entered);
  if (caller === undefined) throw new Error('A transaction of a caller has no caller');
  return { ...scoped, caller };
}
