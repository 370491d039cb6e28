import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Caller, Queryable, Scoped, Transaction } from '../database/database.ts';
import { Problem } from '../errors.ts';
import { serverSecret } from '../secrets/server-secret.ts';
import type { Access } from '../sign-in/access.ts';
import { headerOf } from './request-head.ts';

/**
 * Makes a POST idempotent (IETF draft-ietf-httpapi-idempotency-key-header-07). The same key with the same body returns
 * the stored reply; with another body it is 422; while the first request is still running it is 409. A failed request
 * leaves no key. Keys are kept for at least 24 hours and belong to one user, or one subject of a user, and one path: a
 * key for one run says nothing about another run.
 */

/** A request with an Idempotency-Key. */
export interface KeyedRequest {
  key: string;
  /** The method and the path with its parameters. */
  route: string;
  /**
   * Of the query and the body as they were sent, so that a new default of a schema does not change it. It is keyed,
   * because a body may hold a token and the row is stored.
   */
  hash: string;
}

/**
 * Returns whether an endpoint takes an Idempotency-Key: every POST of a signed-in caller that may write, unless the
 * contract says otherwise. The other methods are idempotent by themselves.
 */
export function takesKey(contract: { route: string; access: Access; idempotent?: boolean }): boolean {
  return contract.idempotent ?? (contract.route.startsWith('POST ') && /:(write|admin)$/.test(contract.access));
}

/** Returns undefined for a request without a key. @throws Problem 422 for a malformed key */
export function keyedRequest(
  request: IncomingMessage,
  sent: { route: string; params: Record<string, string>; query: Record<string, string>; content: unknown },
): KeyedRequest | undefined {
  const key = headerOf(request, 'idempotency-key');
  if (key === undefined) return undefined;
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new Problem('invalid-request', 'The Idempotency-Key must have 1 to 255 visible characters.');
  const route = sent.route.replace(/\{(\w+)\+?\}/g, (_, name: string) => encodeURIComponent(sent.params[name] ?? ''));
  const text = JSON.stringify([sent.query, sent.content], sortFields);
  return { key, route, hash: createHmac('sha256', serverSecret()).update(text).digest('hex') };
}

/** A replacer for JSON.stringify: the order of fields does not change what a request says. */
function sortFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

interface AnyReply {
  status: number;
  body?: unknown;
}

/**
 * Runs a request whose work is one transaction. The key, the work and the stored reply commit together.
 * @throws Problem 409, 422
 */
export async function withIdempotency<Reply extends AnyReply>(
  request: KeyedRequest | undefined,
  { transaction, caller }: { transaction: Transaction; caller: Caller },
  run: () => Promise<Reply>,
): Promise<Reply> {
  if (request === undefined) return run();
  const { key, route, hash } = request;
  const [lock] = await transaction.query<{ taken: boolean }>({
    name: 'lock_idempotency_key',
    text: 'select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as taken',
    values: [`idempotency ${caller.tenantId} ${caller.userId} ${route} ${key}`],
  });
  if (!lock?.taken) throw stillRunning();
  const stored = await findStored(transaction, caller, request);
  if (stored !== undefined) return replayed(stored, request);
  const reply = await run();
  await transaction.query({
    name: 'insert_idempotency_key',
    text: `insert into idempotency_keys (tenant_id, user_id, route, key, body_hash, status, body) values ($1, $2, $3, $4, $5, $6, $7)`,
    values: [caller.tenantId, caller.userId, route, key, hash, reply.status, JSON.stringify(reply.body)],
  });
  return reply;
}

/**
 * Runs a request whose work has several transactions or calls other services. A row claims the key before the work, and
 * the reply is stored after it. A process that dies in between leaves the claim, which ends after
 * {@link LONGEST_REQUEST_SECONDS}; then the request may run again.
 * @throws Problem 409, 422
 */
export async function withClaimedKey<Reply extends AnyReply>(
  request: KeyedRequest | undefined,
  { scoped, storeAs }: { scoped: Scoped; storeAs: (caller: Caller) => Queryable },
  run: () => Promise<Reply>,
): Promise<Reply> {
  if (request === undefined) return run();
  const claimed = await scoped.transaction(async (transaction, caller) => {
    if (caller === undefined) throw new Error('A transaction of a caller has no caller');
    return { caller, ...(await claimKey(transaction, caller, request)) };
  });
  if (claimed.stored !== undefined) return replayed(claimed.stored, request);
  const { caller, since } = claimed;
  const owner = storeAs(caller);
  const row = [caller.tenantId, caller.userId, request.route, request.key, since];
  const release = () =>
    owner.query({
      name: 'delete_idempotency_claim',
      text: `delete from idempotency_keys where tenant_id = $1 and user_id = $2 and route = $3 and key = $4
        and status is null and created_at = $5::timestamptz`,
      values: row,
    });
  const reply = await run().catch(async (error: unknown) => {
    await release();
    throw error;
  });
  if (reply.status >= 400) await release();
  else
    await owner.query({
      name: 'update_idempotency_claim',
      text: `update idempotency_keys set status = $6, body = $7 where tenant_id = $1 and user_id = $2 and route = $3
        and key = $4 and status is null and created_at = $5::timestamptz`,
      values: [...row, reply.status, JSON.stringify(reply.body)],
    });
  return reply;
}

/** Longer than any request of a user takes (requestTimeout, Wait, timeout_seconds). */
const LONGEST_REQUEST_SECONDS = 300;

interface Stored {
  body_hash: string;
  /** Null while the first request is running. */
  status: number | null;
  body: unknown;
}

async function claimKey(
  transaction: Transaction,
  caller: Caller,
  request: KeyedRequest,
): Promise<{ stored?: Stored; since?: string }> {
  const [claim] = await transaction.query<{ since: string }>({
    name: 'claim_idempotency_key',
    text: `insert into idempotency_keys as k (tenant_id, user_id, route, key, body_hash) values ($1, $2, $3, $4, $5)
      on conflict (tenant_id, user_id, route, key) do update set created_at = now()
        where k.status is null and k.body_hash = $5 and k.created_at < now() - make_interval(secs => $6)
      returning created_at::text as since`,
    values: [caller.tenantId, caller.userId, request.route, request.key, request.hash, LONGEST_REQUEST_SECONDS],
  });
  if (claim !== undefined) return claim;
  const stored = await findStored(transaction, caller, request);
  if (stored === undefined) throw stillRunning();
  return { stored };
}

async function findStored(
  queryable: Queryable,
  caller: Caller,
  { route, key }: KeyedRequest,
): Promise<Stored | undefined> {
  const [stored] = await queryable.query<Stored>({
    name: 'find_idempotency_key',
    text: 'select body_hash, status, body from idempotency_keys where tenant_id = $1 and user_id = $2 and route = $3 and key = $4',
    values: [caller.tenantId, caller.userId, route, key],
  });
  return stored;
}

/** @throws Problem 422 when the key was used with another body, 409 while the first request is running */
function replayed<Reply>({ body_hash: bodyHash, status, body }: Stored, { hash }: KeyedRequest): Reply {
  if (bodyHash !== hash) throw new Problem('key-reused', 'This Idempotency-Key was used with another body.');
  if (status === null) throw stillRunning();
  // The row holds an earlier reply of this endpoint, and its schema checks the reply again before it is sent.
  return { status, body, headers: { 'idempotent-replay': 'true' } } as Reply;
}

function stillRunning(): Problem {
  return new Problem('in-progress', 'The first request with this Idempotency-Key is still running.', {
    retryAfterSeconds: 1,
  });
}
