import type { Pool } from 'pg';
import type { Row, Statement } from './batch.ts';

export type Role = 'viewer' | 'member' | 'admin';

/**
 * Who a request claims to be, after the form and signature of its token or key were checked. The database decides
 * whether it is still valid.
 */
export type Identity = Credential & { onBehalfOf?: OnBehalfOf };

/** Whose data a request is about, when it is not the caller's own; SQL function `enter_subject`. */
export interface OnBehalfOf {
  /** The name that the caller uses; the caller's own id is the caller. */
  name: string;
  /** The id of the subject if this request creates it. An unknown subject that is not created owns nothing. */
  newId: string;
  /** Whether statements create a subject that does not exist. */
  creates: boolean;
}

type Credential =
  | {
      kind: 'token';
      /** The identity provider's user id. */
      subject: string;
      email: string;
      emailVerified: boolean;
      displayName: string;
      /** When the user signed in (ISO 8601). Tokens of sign-ins before `tokens_valid_after` are rejected. */
      issuedAt: string;
      /** The encrypted GitHub token of a sign-in with GitHub (functions/identity/github-credential.ts). */
      githubCredential?: string | undefined;
    }
  /** `subject`: the identity provider's user id of the key's owner. */
  | { kind: 'api-key'; keyId: string; secretHash: string; subject: string };

/**
 * Whose rows statements may touch. All access to Postgres has a scope: the first statement of a transaction sets it, in
 * the same round trip as the next statements, and row-level security enforces it. A scope without a tenant sees no row
 * of any tenant.
 */
export type Scope =
  | { kind: 'system' }
  | { kind: 'tenant'; tenantId: string; userId?: string }
  | { kind: 'caller'; identity: Identity; access: string; minimumRole: Role };

/** The caller as the SQL functions `enter_as_user`, `enter_as_api_key` and `enter_subject` return it. */
export interface Caller {
  /** Whose rows the transaction reads and writes. */
  userId: string;
  /** The signed-in user, who pays: the owner of a subject, otherwise the same as `userId`. */
  ownerId: string;
  tenantId: string;
  role: Role;
}

/** Runs statements: an open transaction, or a scope in which each statement is its own transaction. */
export interface Queryable {
  query<R extends object = Row>(statement: Statement): Promise<R[]>;
}

export type AfterCommit = () => Promise<void> | void;

export interface Transaction extends Queryable {
  /** Runs several statements in one round trip. */
  queryAll(statements: readonly Statement[]): Promise<Row[][]>;
  /**
   * Registers a callback that runs after the commit, in order. It must handle its own failures, because the data is
   * committed already.
   */
  afterCommit(callback: AfterCommit): void;
}

export interface Scoped extends Queryable {
  /**
   * Runs several statements as one transaction in one round trip. Repeats them when Postgres aborted them to resolve a
   * deadlock.
   */
  queryAll(statements: readonly Statement[]): Promise<Row[][]>;
  /**
   * Runs the work in one transaction. When Postgres aborts it to resolve a deadlock, the work runs again from its
   * start, so it must have no effect outside the database. Such effects belong in an `afterCommit` callback; only the
   * callbacks of the committed run are called.
   */
  transaction<T>(work: (transaction: Transaction, caller: Caller | undefined) => Promise<T>): Promise<T>;
}

export interface Database {
  as(scope: Scope): Scoped;
  /**
   * Calls `hear` for each `pg_notify(channel, …)` of any session, until the returned function is called. Notifications
   * can be lost, so poll as well.
   */
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>>;
  /**
   * Removes what deleted rows have left in the files of the embedded database; call it after an erasure. Does nothing
   * on a server: its autovacuum and its backups have their own times, see infra/README.md.
   */
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** The part that differs between the embedded database and a server. */
export interface Connections {
  pool: Pool;
  /** Waited for with each client of the pool, before it is used. */
  beforeUse?: () => Promise<void>;
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>>;
  purge(): Promise<void>;
  /** Whether a crash has cut off a purge, so that it must run again. */
  mustPurge?: boolean;
  close(): Promise<void>;
}
