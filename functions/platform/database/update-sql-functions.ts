import type { ClientBase } from 'pg';
import { sqlState } from '../errors.ts';
import { dropFunctions, dropWithDependents, readDefinitions, readStoredUses, resetRights } from './function-catalog.ts';
import { functionsCalledBy, readSqlFunctions, type SqlFunction } from './sql-functions.ts';

/**
 * Brings the functions of a database up to date with their files, inside the transaction of the caller. The table
 * `schema_functions` records the hash of each file that was applied, so that only changed files run again.
 */
export class SqlFunctionsUpdate {
  /** What was done, in words: `function search_memories`, `dropped function find_old_facts`. */
  readonly changes: string[] = [];
  readonly #client: ClientBase;
  readonly #functions: readonly SqlFunction[];
  readonly #applied: Map<string, string>;

  private constructor(client: ClientBase, functions: readonly SqlFunction[], applied: Map<string, string>) {
    this.#client = client;
    this.#functions = functions;
    this.#applied = applied;
  }

  /** Reads the files of all domains below `root` and what the database has of them. */
  static async start(client: ClientBase, root: string): Promise<SqlFunctionsUpdate> {
    const { rows: tables } = await client.query(`select from pg_tables where tablename = 'schema_functions'`);
    if (tables.length === 0) await client.query(TABLE);
    const { rows } = await client.query<{ name: string; hash: string }>('select name, hash from schema_functions');
    return new SqlFunctionsUpdate(client, readSqlFunctions(root), new Map(rows.map(({ name, hash }) => [name, hash])));
  }

  /** Applies the changed functions that a migration calls, and those that they call. Runs before the migration. */
  async applyCalledBy(migration: string): Promise<void> {
    await this.#apply(functionsCalledBy(migration, this.#functions));
  }

  /** Applies all functions that changed and drops the functions whose files were removed. Runs after the migrations. */
  async finish(): Promise<void> {
    await this.#apply(this.#functions);
    const removed = [...this.#applied.keys()].filter((name) => !this.#functions.some((one) => one.name === name));
    if (removed.length === 0) return;
    await dropFunctions(this.#client, removed);
    await this.#client.query('delete from schema_functions where name = any ($1)', [removed]);
    this.changes.push(...removed.map((name) => `dropped function ${name}`));
  }

  async #apply(functions: readonly SqlFunction[]): Promise<void> {
    for (const sqlFunction of functions) {
      if (this.#applied.get(sqlFunction.name) === sqlFunction.hash) continue;
      await this.#applyOne(sqlFunction).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`functions/${sqlFunction.file} could not be applied: ${reason}`, { cause });
      });
      await this.#client.query(RECORD, [sqlFunction.name, sqlFunction.hash]);
      this.#applied.set(sqlFunction.name, sqlFunction.hash);
      this.changes.push(`function ${sqlFunction.name}`);
    }
  }

  async #applyOne({ name, text }: SqlFunction): Promise<void> {
    const client = this.#client;
    const before = await readDefinitions(client, name);
    await resetRights(client, name);
    const owner = /\bowner to (\w+)/.exec(text)?.[1];
    // Only a role that may create objects in the schema can become the owner of a function.
    if (owner !== undefined) await client.query(`grant create on schema public to ${owner}`);
    if (!(await replaceFunction(client, name, text))) {
      const dependents = await dropWithDependents(client, name, [...this.#applied.keys()]);
      for (const dependent of dependents) this.#applied.delete(dependent);
      await client.query(text);
    }
    if (owner !== undefined) await client.query(`revoke create on schema public from ${owner}`);
    const after = await readDefinitions(client, name);
    if (before.length > 0 && before.join() !== after.join()) await refuseStaleValues(client, name);
  }
}

const TABLE = `create table schema_functions (
  name text primary key,
  hash text not null,
  applied_at timestamptz not null default now()
)`;

const RECORD = `insert into schema_functions (name, hash) values ($1, $2)
  on conflict (name) do update set hash = excluded.hash, applied_at = now()`;

/**
 * SQLSTATEs of a result type or an argument name that changed, and of a second function of the name, which the grants
 * reject.
 */
const SIGNATURE_CHANGED = ['42P13', '42725'];

/**
 * Runs `create or replace function`. Returns false, with nothing changed, when the signature is another one than
 * before: Postgres then refuses to replace the function or creates a second one of the same name.
 */
async function replaceFunction(client: ClientBase, name: string, text: string): Promise<boolean> {
  await client.query('savepoint sql_function');
  try {
    await client.query(text);
    if ((await readDefinitions(client, name)).length === 1) {
      await client.query('release savepoint sql_function');
      return true;
    }
  } catch (error) {
    if (!SIGNATURE_CHANGED.includes(sqlState(error) ?? '')) throw error;
  }
  await client.query('rollback to savepoint sql_function');
  return false;
}

/** @throws Error when an index or a generated column holds values that the former version of the function computed */
async function refuseStaleValues(client: ClientBase, name: string): Promise<void> {
  const uses = await readStoredUses(client, name);
  if (uses.length === 0) return;
  throw new Error(
    `${name} computes the stored values of ${uses.join(', ')}, which would no longer match. Add the new version under another name, and a migration that moves them to it`,
  );
}
