import type { PoolClient, Submittable } from 'pg';
import { DatabaseAway, FenceLost, sqlState } from '../errors.ts';
import { log } from '../log.ts';
import { type Row, STALE_PLANS, type Statement, StatementBatch } from './batch.ts';
import type { AfterCommit, Caller, Connections, Database, Role, Scope, Transaction } from './database.ts';

/** Creates the database on a pool of connections. */
export function createDatabase(connections: Connections): Database {
  return {
    as: (scope) => ({
      query: async <R extends object>(statement: Statement) =>
        rowsOf<R>((await sendAtomic(connections, scope, [statement]))[0]),
      queryAll: (statements) => sendAtomic(connections, scope, statements),
      transaction: async (work) => {
        const { answer, callbacks } = await repeatWhenUndone(() =>
          withClient(connections, (client) => runTransaction(client, scope, work)),
        );
        // The client is released here, so a callback can use the database although a laptop has only one connection.
        for (const callback of callbacks) await callback();
        return answer;
      },
    }),
    listen: (channel, hear) => connections.listen(channel, (payload) => hearSafely(channel, hear, payload)),
    // What is erased is committed already, so a failure is not the caller's.
    purge: () =>
      connections.purge().catch((error: unknown) => {
        log('error', 'deleted rows remain in the files of the database until the next start', { error });
      }),
    close: connections.close,
  };
}

/**
 * After a deadlock, a serialization failure or a stale plan the transaction is rolled back completely and can be
 * repeated.
 */
const REPEATABLE_STATES = ['40P01', '40001', ...STALE_PLANS];
const MOST_REPEATS = 3;

async function sendAtomic(connections: Connections, scope: Scope, statements: readonly Statement[]): Promise<Row[][]> {
  const enter = enterStatements(scope);
  const results = await repeatWhenUndone(() =>
    withClient(connections, (client) => send(client, [...enter, ...statements])),
  );
  return results.slice(enter.length);
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
  let answer: T;
  try {
    const entered = await send(client, [BEGIN, ...enterStatements(scope)]);
    const transaction: Transaction = {
      query: async <R extends object>(statement: Statement) => rowsOf<R>((await send(client, [statement]))[0]),
      queryAll: (statements) => send(client, statements),
      afterCommit: (callback) => void callbacks.push(callback),
    };
    answer = await work(transaction, callerOf(scope, entered.at(-1)?.[0]));
    const { command } = await client.query('commit').catch((error: Error) => Promise.reject(withStack(error)));
    if (command !== 'COMMIT') throw new Error('A statement failed inside the transaction and its error was ignored');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
  return { answer, callbacks };
}

/**
 * Logs a notification that a listener cannot handle. It reaches every listening process, and an exception would end
 * them all.
 */
function hearSafely(channel: string, hear: (payload: string) => void, payload: string): void {
  try {
    hear(payload);
  } catch (error) {
    log('error', `notification on ${channel} not handled`, { error });
  }
}

const BEGIN: Statement = { name: 'begin', text: 'begin' };

/** Sends the statements as one batch and resolves with the rows of each. */
function send(client: PoolClient, statements: readonly Statement[]): Promise<Row[][]> {
  return new Promise((resolve, reject) => {
    const batch = new StatementBatch(statements, (error, done) =>
      error ? reject(withStack(error)) : resolve(done.results),
    );
    // The types of pg accept only its own Query. Its client needs only `submit` and the `handle…` methods.
    client.query(batch as unknown as Submittable);
  });
}

async function withClient<T>({ pool, beforeUse }: Connections, use: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(new DatabaseAway(error)));
  let broken = false;
  const markBroken = () => {
    broken = true;
  };
  client.once('error', markBroken);
  try {
    await beforeUse?.();
    return await use(client);
  } finally {
    client.off('error', markBroken);
    client.release(broken);
  }
}

/** Returns the statements that set the scope; none for `system`, which has no tenant. The last returns the caller. */
function enterStatements(scope: Scope): Statement[] {
  if (scope.kind === 'system') return [];
  if (scope.kind === 'tenant') {
    return [
      {
        name: 'enter_tenant',
        text: `select set_config('app.tenant_id', $1, true), set_config('app.user_id', $2, true)`,
        values: [scope.tenantId, scope.userId ?? ''],
      },
    ];
  }
  const { onBehalfOf } = scope.identity;
  if (onBehalfOf === undefined) return [enterCaller(scope)];
  return [
    enterCaller(scope),
    {
      name: 'enter_subject',
      text: 'select user_id, tenant_id, role, owner_id from enter_subject($1, $2, $3)',
      values: [onBehalfOf.name, onBehalfOf.newId, onBehalfOf.creates],
    },
  ];
}

function enterCaller({ identity, access, minimumRole }: Extract<Scope, { kind: 'caller' }>): Statement {
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
  const { user_id: userId, tenant_id: tenantId, role, owner_id: ownerId = userId } = row;
  if (typeof userId !== 'string' || typeof ownerId !== 'string' || typeof tenantId !== 'string' || !isRole(role)) {
    throw new Error('enter_as_user or enter_as_api_key returned a row with missing or unknown columns');
  }
  return { userId, ownerId, tenantId, role };
}

function isRole(value: unknown): value is Role {
  return value === 'viewer' || value === 'member' || value === 'admin';
}

/**
 * Casts rows to the type that the statement's author declared. This is the only cast of rows in the platform; tests
 * cover the statements.
 */
function rowsOf<R extends object>(rows: Row[] | undefined): R[] {
  return (rows ?? []) as R[];
}

/** The SQLSTATE that the SQL function `hold_node` raises. */
const FENCE_LOST = 'AF000';

/**
 * SQLSTATEs of a lost session: connection exceptions, a server that shuts down, crashes or starts, and a process that
 * was silent in a transaction for too long.
 */
const SESSION_ENDED = /^(08...|57P0[123]|25P03)$/;

/**
 * Returns the error with the stack of the statement's caller instead of pg's parser. An error without SQLSTATE did not
 * come from the server: the connection broke.
 */
function withStack(error: Error): Error {
  const state = sqlState(error);
  if (state === FENCE_LOST) return new FenceLost('The node');
  if (state === undefined || SESSION_ENDED.test(state)) return new DatabaseAway(error);
  Error.captureStackTrace(error, send);
  return error;
}
