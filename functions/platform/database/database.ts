import type { Pool, PoolClient, Submittable } from 'pg';
import { DatabaseAway, FenceLost, sqlState } from '../errors.ts';
import { log } from '../log.ts';
import { type Row, STALE_PLANS, type Statement, StatementBatch } from './batch.ts';

/**
 * The one door to Postgres. Every statement runs inside a {@link Scope}: the first thing that a transaction does is to say whose rows it may
 * touch, in the same round trip as what follows. Row-level security does the rest; a scope without a tenant sees no tenant's row.
 */

export type Role = 'viewer' | 'member' | 'admin';

/** Who a request claims to be, after its token or key was checked for form and signature. The database decides whether it still counts. */
export type Identity =
  | {
      kind: 'token';
      /** The identity provider's user id. */
      subject: string;
      email: string;
      emailVerified: boolean;
      displayName: string;
      /** When the person signed in; tokens of sign-ins before `tokens_valid_after` are refused. ISO 8601. */
      issuedAt: string;
    }
  | { kind: 'api-key'; keyId: string; secretHash: string };

export type Scope =
  | { kind: 'system' }
  | { kind: 'tenant'; tenantId: string; userId?: string }
  | { kind: 'caller'; identity: Identity; access: string; minimumRole: Role };

/** What `enter_as_…` answers: the caller as the database knows him now. */
export interface Caller {
  userId: string;
  tenantId: string;
  role: Role;
}

/** Something that statements can be sent to: an open transaction, or a scope in which each statement is a transaction of its own. */
export interface Queryable {
  query<R extends object = Row>(statement: Statement): Promise<R[]>;
}

export interface Transaction extends Queryable {
  /** Several statements in one round trip. */
  queryAll(statements: readonly Statement[]): Promise<Row[][]>;
  /** Runs after the commit, in order; a failure there is the callback's to handle: the data is safe already. */
  afterCommit(callback: AfterCommit): void;
}

export interface Scoped extends Queryable {
  /** Several statements as one transaction in one round trip; repeated when Postgres broke a deadlock with it. */
  queryAll(statements: readonly Statement[]): Promise<Row[][]>;
  /**
   * Runs the work in one transaction. Where Postgres broke a deadlock with it the work runs again from its start, so it acts on nothing but the database; what
   * follows from it is an `afterCommit` callback, of which only those of the run that was committed are called.
   */
  transaction<T>(work: (transaction: Transaction, caller: Caller | undefined) => Promise<T>): Promise<T>;
}

export interface Database {
  as(scope: Scope): Scoped;
  /** Hears `pg_notify(channel, …)` of any session until the returned function is called. Messages can be lost: poll as well. */
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** What differs between the embedded database and a server. */
export interface Connections {
  pool: Pool;
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export function createDatabase(connections: Connections): Database {
  const { pool } = connections;
  return {
    as: (scope) => ({
      query: async <R extends object>(statement: Statement) =>
        rowsOf<R>((await sendAtomic(pool, scope, [statement]))[0]),
      queryAll: (statements) => sendAtomic(pool, scope, statements),
      transaction: async (work) => {
        const { answer, callbacks } = await repeatWhenUndone(() =>
          withClient(pool, (client) => runTransaction(client, scope, work)),
        );
        // The client is free again: a callback may use the database, which has one connection on a laptop.
        for (const callback of callbacks) await callback();
        return answer;
      },
    }),
    listen: (channel, hear) => connections.listen(channel, (payload) => hearSafely(channel, hear, payload)),
    close: connections.close,
  };
}

/** A deadlock, a serialization failure or a stale plan undid all that was sent: the same may be sent again. */
const REPEATABLE_STATES = ['40P01', '40001', ...STALE_PLANS];
const MOST_REPEATS = 3;

async function sendAtomic(pool: Pool, scope: Scope, statements: readonly Statement[]): Promise<Row[][]> {
  const enter = enterStatement(scope);
  const results = await repeatWhenUndone(() =>
    withClient(pool, (client) => send(client, enter ? [enter, ...statements] : statements)),
  );
  return enter ? results.slice(1) : results;
}

async function repeatWhenUndone<T>(run: () => Promise<T>): Promise<T> {
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await run();
    } catch (error) {
      if (repeats >= MOST_REPEATS || !REPEATABLE_STATES.includes(sqlState(error) ?? '')) throw error;
    }
  }
}

async function runTransaction<T>(
  client: PoolClient,
  scope: Scope,
  work: (transaction: Transaction, caller: Caller | undefined) => Promise<T>,
): Promise<{ answer: T; callbacks: AfterCommit[] }> {
  const callbacks: AfterCommit[] = [];
  const enter = enterStatement(scope);
  let answer: T;
  try {
    const entered = await send(client, enter ? [BEGIN, enter] : [BEGIN]);
    const transaction: Transaction = {
      query: async <R extends object>(statement: Statement) => rowsOf<R>((await send(client, [statement]))[0]),
      queryAll: (statements) => send(client, statements),
      afterCommit: (callback) => void callbacks.push(callback),
    };
    answer = await work(transaction, callerOf(scope, entered[1]?.[0]));
    const { command } = await client.query('commit').catch((error: Error) => Promise.reject(withStack(error)));
    if (command !== 'COMMIT') throw new Error('A statement failed inside the transaction and its error was ignored');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  return { answer, callbacks };
}

/** A notification reaches every process that listens; one that somebody cannot read must not end them all. */
function hearSafely(channel: string, hear: (payload: string) => void, payload: string): void {
  try {
    hear(payload);
  } catch (error) {
    log('error', `a notification of ${channel} could not be read`, { error });
  }
}

type AfterCommit = () => Promise<void> | void;

const BEGIN: Statement = { name: 'begin', text: 'begin' };

/** Sends the statements as one batch; resolves with the rows of each. */
function send(client: PoolClient, statements: readonly Statement[]): Promise<Row[][]> {
  return new Promise((resolve, reject) => {
    const batch = new StatementBatch(statements, (error, done) =>
      error ? reject(withStack(error)) : resolve(done.results),
    );
    // pg's types know no Submittable but its own Query; its client asks for `submit` and the `handle…` methods only.
    client.query(batch as unknown as Submittable);
  });
}

async function withClient<T>(pool: Pool, use: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(new DatabaseAway(error)));
  let broken = false;
  const markBroken = () => {
    broken = true;
  };
  client.once('error', markBroken);
  try {
    return await use(client);
  } finally {
    client.off('error', markBroken);
    client.release(broken);
  }
}

/** The statement that opens a scope, or undefined for `system`, whose transactions carry no tenant. */
function enterStatement(scope: Scope): Statement | undefined {
  if (scope.kind === 'system') return undefined;
  if (scope.kind === 'tenant') {
    return {
      name: 'enter_tenant',
      text: `select set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)`,
      values: [scope.tenantId, scope.userId ?? ''],
    };
  }
  const { identity, access, minimumRole } = scope;
  if (identity.kind === 'api-key') {
    return {
      name: 'enter_as_api_key',
      text: 'select user_id, tenant_id, role from enter_as_api_key($1, $2, $3, $4)',
      values: [identity.keyId, identity.secretHash, access, minimumRole],
    };
  }
  return {
    name: 'enter_as_user',
    text: 'select user_id, tenant_id, role from enter_as_user($1, $2, $3, $4, $5, $6)',
    values: [
      identity.subject,
      identity.email,
      identity.emailVerified,
      identity.displayName,
      identity.issuedAt,
      minimumRole,
    ],
  };
}

function callerOf(scope: Scope, row: Row | undefined): Caller | undefined {
  if (scope.kind !== 'caller' || row === undefined) return undefined;
  const { user_id: userId, tenant_id: tenantId, role } = row;
  if (typeof userId !== 'string' || typeof tenantId !== 'string' || !isRole(role)) {
    throw new Error('enter_as_… answered a row of another shape');
  }
  return { userId, tenantId, role };
}

function isRole(value: unknown): value is Role {
  return value === 'viewer' || value === 'member' || value === 'admin';
}

/** The kernel's one cast of rows: a statement's author declares the row that its text selects, and each is covered by a test. */
function rowsOf<R extends object>(rows: Row[] | undefined): R[] {
  return (rows ?? []) as R[];
}

/** What the SQL function `hold_node` raises. */
const FENCE_LOST = 'AF000';

/** Of the session, not of a statement: connection exceptions, and a server that shuts down, crashes or starts. */
const SESSION_ENDED = /^(08...|57P0[123])$/;

/** Errors of the wire carry the parser's stack; ours leads back to the statement's caller. What has no SQLSTATE did not come from the server: the wire broke. */
function withStack(error: Error): Error {
  const state = sqlState(error);
  if (state === FENCE_LOST) return new FenceLost('The node');
  if (state === undefined || SESSION_ENDED.test(state)) return new DatabaseAway(error);
  Error.captureStackTrace(error, send);
  return error;
}
