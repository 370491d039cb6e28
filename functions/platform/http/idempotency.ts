import { createHash } from 'node:crypto';
import type { Caller, Queryable, Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';

interface Attempt {
  caller: Caller;
  route: string;
  key: string | undefined;
  body: unknown;
}

interface Stored {
  body_hash: string;
  status: number;
  body: unknown;
}

/**
 * Makes a POST idempotent (IETF draft-ietf-httpapi-idempotency-key-header-07). The same key with the same body returns
 * the stored reply; with another body it is 422; while the first request is still running it is 409. The key, the work
 * and the stored reply are one transaction, so a failed request leaves no key. Keys are kept for at least 24 hours and
 * belong to one user, or one subject of a user, and one route.
 */
export async function withIdempotency<Reply extends { status: number; body?: unknown }>(
  attempt: Attempt,
  transaction: Transaction,
  run: () => Promise<Reply>,
): Promise<Reply> {
  if (attempt.key === undefined) return run();
  if (!/^[\x21-\x7e]{1,255}$/.test(attempt.key)) {
    throw new Problem('invalid-request', 'The Idempotency-Key must have 1 to 255 visible characters.');
  }
  const { caller, route, key } = attempt;
  const bodyHash = createHash('sha256')
    .update(JSON.stringify(attempt.body) ?? '')
    .digest('hex');
  await lockKey(transaction, `${caller.tenantId} ${caller.userId} ${route} ${key}`);
  const stored = await findStored(transaction, { caller, route, key });
  if (stored !== undefined) {
    if (stored.body_hash !== bodyHash)
      throw new Problem('key-reused', 'This Idempotency-Key was used with another body.');
    // The row holds an earlier reply of this endpoint, and its schema checks the reply again before it is sent.
    return { status: stored.status, body: stored.body, headers: { 'idempotent-replay': 'true' } } as unknown as Reply;
  }
  const reply = await run();
  await transaction.query({
    name: 'insert_idempotency_key',
    text: `insert into idempotency_keys (tenant_id, user_id, route, key, body_hash, status, body) values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [caller.tenantId, caller.userId, route, key, bodyHash, reply.status, JSON.stringify(reply.body)],
  });
  return reply;
}

/** Returns whether a request with this key has been answered, so that its work is not prepared, and paid, again. */
export async function hasReply({ caller, route, key }: Attempt, queryable: Queryable): Promise<boolean> {
  return key !== undefined && (await findStored(queryable, { caller, route, key })) !== undefined;
}

async function findStored(
  queryable: Queryable,
  { caller, route, key }: Pick<Attempt, 'caller' | 'route'> & { key: string },
): Promise<Stored | undefined> {
  const [stored] = await queryable.query<Stored>({
    name: 'find_idempotency_key',
    text: 'select body_hash, status, body from idempotency_keys where tenant_id = $1 and user_id = $2 and route = $3 and key = $4',
    values: [caller.tenantId, caller.userId, route, key],
  });
  return stored;
}

/** Locks the key until the transaction ends. @throws Problem 409 when another request holds the lock */
async function lockKey(transaction: Transaction, name: string): Promise<void> {
  const [lock] = await transaction.query<{ taken: boolean }>({
    name: 'lock_idempotency_key',
    text: 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken',
    values: [`idempotency ${name}`],
  });
  if (!lock?.taken)
    throw new Problem('in-progress', 'The first request with this Idempotency-Key is still running.', {
      retryAfterSeconds: 1,
    });
}
