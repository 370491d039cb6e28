import { sqlState } from '../errors.ts';
import { parserOf } from './type-parsers.ts';

/**
 * Several prepared statements in one round trip. They are sent as one extended-query batch that ends in one Sync, so Postgres runs them in
 * one implicit transaction: all or nothing, and a `set_config(…, true)` in the first holds for the rest and for nothing after
 * them (PostgreSQL documentation, "Extended Query", pipelining). That makes "set the tenant, then read" cost one round trip.
 *
 * `pg`'s own pipeline mode sends a Sync after each statement, which would commit between them; hence this class, a `Submittable` of pg.
 */

export interface Statement {
  /** The prepared statement's name: unique for its text in the whole program. */
  name: string;
  text: string;
  values?: readonly unknown[];
}

export type Row = Record<string, unknown>;

interface Field {
  name: string;
  dataTypeID: number;
}

/** The part of pg's connection that we speak to; the embedded database has the same. */
export interface WireConnection {
  stream: { cork?: () => void; uncork?: () => void };
  parse(message: { text: string; name: string }): void;
  bind(message: {
    portal: string;
    statement: string;
    values: unknown[];
    valueMapper: (value: unknown) => unknown;
  }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: { portal: string }): void;
  close(message: { type: 'S'; name: string }): void;
  sync(): void;
}

interface Column {
  name: string;
  parse: (text: string) => unknown;
}

/** A statement that a connection has prepared. */
interface Prepared {
  /** False when the batch that prepared it failed, so it may or may not be there. */
  isSure: boolean;
  /**
   * What its rows look like, once it has answered: from then on it is not asked. Postgres fails a prepared statement whose columns have changed, so they
   * cannot change unnoticed.
   */
  columns: readonly Column[] | undefined;
}

/** 0A000: a cached plan must not change its result; 26000: there is no such prepared statement. Nothing has run then. */
export const STALE_PLANS: readonly string[] = ['0A000', '26000'];

const prepared = new WeakMap<WireConnection, Map<string, Prepared>>();

export class StatementBatch {
  readonly results: Row[][] = [];
  readonly #statements: readonly Statement[];
  readonly #settle: (error: Error | undefined, batch: StatementBatch) => void;
  /** The prepared form of each statement, in their order. */
  readonly #prepared: Prepared[] = [];
  readonly #fresh: Prepared[] = [];
  #rows: Row[] = [];
  #settled = false;
  /** pg replaces this when a read times out. */
  callback: unknown = undefined;

  constructor(statements: readonly Statement[], settle: (error: Error | undefined, batch: StatementBatch) => void) {
    this.#statements = statements;
    this.#settle = settle;
  }

  submit(connection: WireConnection): Error | null {
    let known = prepared.get(connection);
    if (known === undefined) {
      known = new Map();
      prepared.set(connection, known);
    }
    connection.stream.cork?.();
    try {
      for (const statement of this.#statements) this.#send(connection, known, statement);
      connection.sync();
    } finally {
      connection.stream.uncork?.();
    }
    return null;
  }

  #send(connection: WireConnection, known: Map<string, Prepared>, statement: Statement): void {
    let plan = known.get(statement.name);
    if (plan === undefined || !plan.isSure) {
      if (plan !== undefined) connection.close({ type: 'S', name: statement.name });
      connection.parse({ text: statement.text, name: statement.name });
      plan = { isSure: true, columns: undefined };
      known.set(statement.name, plan);
      this.#fresh.push(plan);
    }
    this.#prepared.push(plan);
    connection.bind({
      portal: '',
      statement: statement.name,
      values: [...(statement.values ?? [])],
      valueMapper: toWire,
    });
    if (plan.columns === undefined) connection.describe({ type: 'P', name: '' });
    connection.execute({ portal: '' });
  }

  handleRowDescription(message: { fields: Field[] }): void {
    const plan = this.#running();
    if (plan) plan.columns = message.fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }));
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    const row: Row = {};
    const columns = this.#running()?.columns ?? [];
    for (const [index, { name, parse }] of columns.entries()) {
      const value = message.fields[index];
      row[name] = value === null || value === undefined ? null : parse(value);
    }
    this.#rows.push(row);
  }

  handleCommandComplete(): void {
    const plan = this.#running();
    if (plan) plan.columns ??= [];
    this.results.push(this.#rows);
    this.#rows = [];
  }

  /** The statement that the server answers now. */
  #running(): Prepared | undefined {
    return this.#prepared[this.results.length];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete();
  }

  handleError(error: Error): void {
    // A migration changed what a statement answers, or a pooler gave us a session that never prepared it: all are prepared anew.
    const isStale = STALE_PLANS.includes(sqlState(error) ?? '');
    for (const plan of isStale ? this.#prepared : this.#fresh) plan.isSure = false;
    this.#finish(error);
  }

  handleReadyForQuery(): void {
    this.#finish(undefined);
  }

  handlePortalSuspended(): void {}

  #finish(error: Error | undefined): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#settle(error, this);
  }
}

/** What a value becomes on the wire: text, bytes, or null; objects become JSON, arrays of scalars become Postgres arrays. */
function toWire(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.map(arrayElement).join(',')}}`;
  return JSON.stringify(value);
}

function arrayElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
