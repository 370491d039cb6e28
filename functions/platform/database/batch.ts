import { sqlState } from '../errors.ts';
import { parserOf } from './type-parsers.ts';

/** A prepared statement. */
export interface Statement {
  /** The name of the prepared statement. Each name stands for one text in the whole program. */
  name: string;
  text: string;
  values?: readonly unknown[];
}

export type Row = Record<string, unknown>;

interface Field {
  name: string;
  dataTypeID: number;
}

/** The part of pg's connection that a batch uses. The embedded database has the same. */
interface WireConnection {
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
  /** False when the batch that prepared the statement failed, so the server may not have it. */
  isSure: boolean;
  /**
   * The columns, known after the first result; later batches do not request their description. Postgres rejects a
   * prepared statement whose columns have changed, so they cannot change unnoticed.
   */
  columns: readonly Column[] | undefined;
}

/**
 * 0A000: cached plan must not change result type; 26000: the prepared statement does not exist. Nothing was executed.
 */
export const STALE_PLANS: readonly string[] = ['0A000', '26000'];

const prepared = new WeakMap<WireConnection, Map<string, Prepared>>();

/**
 * Sends several prepared statements in one round trip, as one extended-query batch that ends in one Sync. So Postgres
 * runs them in one implicit transaction: all or nothing, and a `set_config(…, true)` in the first statement holds for
 * the others and not longer (PostgreSQL documentation, "Extended Query", pipelining). "Set the tenant, then read" costs
 * one round trip.
 *
 * pg's own pipeline mode sends a Sync after each statement, which would commit between them. Therefore this class is a
 * `Submittable` of pg.
 */
export class StatementBatch {
  readonly results: Row[][] = [];
  readonly #statements: readonly Statement[];
  readonly #settle: (error: Error | undefined, batch: StatementBatch) => void;
  /** The prepared form of each statement, in their order. */
  readonly #prepared: Prepared[] = [];
  readonly #fresh: Prepared[] = [];
  #rows: Row[] = [];
  #settled = false;
  /** pg sets this when a read times out. */
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

  /** Returns the statement whose result the server is sending. */
  #running(): Prepared | undefined {
    return this.#prepared[this.results.length];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete();
  }

  handleError(error: Error): void {
    // A migration changed the columns of a statement, or a pooler switched the session: prepare all statements again.
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

/** Converts a parameter to text, bytes or null. Objects become JSON; arrays become Postgres arrays. */
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
