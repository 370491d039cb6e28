import type { Caller, Database, Identity, Scoped, Transaction } from '../database/database.ts';
import { type Scope as AccessScope, minimumRole } from './access.ts';

/** The scope of a caller that {@link enter} has checked. */
interface Entered extends Scoped {
  /** The caller at the time of the check. Every later statement checks again. */
  caller: Caller;
}

/**
 * Checks the caller in the database and returns their scope. Endpoints that pay for a model or an embedding call it
 * before they spend money. The check creates no subject; a later transaction of the scope may, and then its own
 * `caller` says which.
 * @throws Problem 401, 403
 */
export async function enter(database: Database, identity: Identity | undefined, access: AccessScope): Promise<Entered> {
  if (identity === undefined) throw new Error('An endpoint for signed-in callers has no identity');
  const scopeOf = (who: Identity) => ({
    kind: 'caller' as const,
    identity: who,
    access,
    minimumRole: minimumRole(access),
  });
  const { onBehalfOf } = identity;
  const known = onBehalfOf === undefined ? identity : { ...identity, onBehalfOf: { ...onBehalfOf, creates: false } };
  const checked = database.as(scopeOf(known));
  const caller = await checked.transaction(async (_transaction: Transaction, entered) => entered);
  if (caller === undefined) throw new Error('A transaction of a caller has no caller');
  return { ...database.as(scopeOf(identity)), caller };
}
