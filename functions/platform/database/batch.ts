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

/** Which statements a connection has prepared. `unsure`: the batch that prepared it failed, so it may or may not be there. */
const prepared = new WeakMap<WireConnection, Map<string, 'sure' | 'unsure'>>();

export class StatementBatch {
  readonly results: Row[][] = [];
  readonly counts: number[] = [];
  readonly #statements: readonly Statement[];
  readonly #settle: (error: Error | undefined, batch: StatementBatch) => void;
  #fields: Field[] = [];
  #parsers: ((text: string) => unknown)[] = [];
  #rows: Row[] = [];
  #fresh: string[] = [];
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

  #send(connection: WireConnection, known: Map<string, 'sure' | 'unsure'>, statement: Statement): void {
    const state = known.get(statement.name);
    if (state !== 'sure') {
      if (state === 'unsure') connection.close({ type: 'S', name: statement.name });
      connection.parse({ text: statement.text, name: statement.name });
      known.set(statement.name, 'sure');
      this.#fresh.push(statement.name);
    }
    connection.bind({
      portal: '',
      statement: statement.name,
      values: [...(statement.values ?? [])],
      valueMapper: toWire,
    });
    connection.describe({ type: 'P', name: '' });
    connection.execute({ portal: '' });
  }

  handleRowDescription(message: { fields: Field[] }): void {
    this.#fields = message.fields;
    this.#parsers = message.fields.map((field) => parserOf(field.dataTypeID));
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    const row: Row = {};
    for (let index = 0; index < this.#fields.length; index += 1) {
      const value = message.fields[index];
      const name = this.#fields[index]?.name ?? '';
      row[name] = value === null || value === undefined ? null : this.#parsers[index]?.(value);
    }
    this.#rows.push(row);
  }

  handleCommandComplete(message: { text: string }): void {
    this.results.push(this.#rows);
    this.counts.push(Number(/(\d+)$/.exec(message.text)?.[1] ?? 0));
    this.#rows = [];
    this.#fields = [];
    this.#parsers = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleError(error: Error, connection: WireConnection): void {
    const known = prepared.get(connection);
    for (const name of this.#fresh) known?.set(name, 'unsure');
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
