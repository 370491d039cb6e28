import { z } from 'zod';
import { asOwner, ownerTransaction, statementOf } from '../support/owner.ts';

/** A table of the database, read from the system catalog. */
export interface Table {
  name: string;
  /** `tenant_id`, or `id` for the table `tenants`. */
  tenantColumn: string;
  columns: Column[];
}

const Column = z.object({
  name: z.string(),
  type: z.string(),
  is_required: z.boolean(),
  has_default: z.boolean(),
  /** The referenced table of a foreign key. */
  refers_to: z.object({ table: z.string(), column: z.string() }).nullable(),
  /** The first value of a check constraint with a list of values. */
  first_allowed: z.string().nullable(),
});
type Column = z.infer<typeof Column>;
const TableRow = z.object({ name: z.string(), columns: z.array(Column) });

const TABLES = `
  select t.relname as name, jsonb_agg(jsonb_build_object(
    'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
    'is_required', a.attnotnull and a.attidentity = '' and a.attgenerated = '',
    'has_default', a.atthasdef or a.attidentity <> '',
    'refers_to', (select jsonb_build_object('table', f.confrelid::regclass::text, 'column', r.attname)
      from pg_constraint f join pg_attribute r on r.attrelid = f.confrelid
        and r.attnum = f.confkey[array_position(f.conkey, a.attnum)]
      where f.conrelid = t.oid and f.contype = 'f' and a.attnum = any (f.conkey) limit 1),
    'first_allowed', (select substring(pg_get_constraintdef(c.oid) from '= ANY \\(\\(?ARRAY\\[''([^'']*)''')
      from pg_constraint c where c.conrelid = t.oid and c.contype = 'c' and c.conkey = array[a.attnum] limit 1)
    ) order by a.attnum) as columns
  from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
  group by t.relname order by t.relname`;

/** Returns the tables with a tenant, and the names of the tables without one. */
export async function readTables(): Promise<{ ofTenants: Table[]; ofNobody: string[] }> {
  const tables = z.array(TableRow).parse(await asOwner(TABLES));
  const isOfTenants = ({ name, columns }: z.infer<typeof TableRow>) =>
    name === 'tenants' || columns.some((column) => column.name === 'tenant_id');
  return {
    ofTenants: tables
      .filter(isOfTenants)
      .map((table) => ({ ...table, tenantColumn: table.name === 'tenants' ? 'id' : 'tenant_id' })),
    ofNobody: tables.filter((table) => !isOfTenants(table)).map(({ name }) => name),
  };
}

export interface RowOwner {
  tenantId: string;
  userId: string;
  /** Part of every generated text. */
  marker: string;
}

/** Values for check constraints that are not a list of values. */
const GIT_ID = 'a'.repeat(40);
const SPECIAL: Record<string, string> = {
  'run_files.sha256': 'a'.repeat(64),
  'run_file_versions.sha256': 'a'.repeat(64),
  'run_blobs.sha256': 'a'.repeat(64),
  'uploads.sha256': 'a'.repeat(64),
  'memory_objects.id': GIT_ID,
  'memory_commits.id': GIT_ID,
  'memory_commits.tree_id': GIT_ID,
  'memory_refs.commit_id': GIT_ID,
  'memory_blocks.commit_id': GIT_ID,
};

/**
 * Inserts a row of this tenant into every table that has none.
 * @throws Error that names the table for which it cannot create a row
 */
export async function fillTables(tables: Table[], owner: RowOwner): Promise<void> {
  let open = await emptyTables(tables, owner.tenantId);
  while (open.length > 0) {
    const names = new Set(open.map(({ name }) => name));
    const ready = open.filter(({ columns }) => columns.every(({ refers_to }) => !names.has(refers_to?.table ?? '')));
    if (ready.length === 0) throw new Error(`Tables that reference each other: ${[...names].join(', ')}`);
    for (const table of ready) await insertRow(table, owner);
    open = open.filter((table) => !ready.includes(table));
  }
}

async function emptyTables(tables: Table[], tenantId: string): Promise<Table[]> {
  const dump = await dumpTenant(tables, tenantId);
  return tables.filter(({ name }) => dump[name]?.length === 0);
}

/** Returns the columns that must have a value, and values for a row of this tenant. */
export async function rowOf(table: Table, owner: RowOwner): Promise<{ columns: string[]; values: unknown[] }> {
  // The tenant of a log line is optional. It is always set here.
  const isGiven = (column: Column) => column.name === table.tenantColumn || (column.is_required && !column.has_default);
  const columns = table.columns.filter(isGiven);
  const values: unknown[] = [];
  for (const column of columns) values.push(await givenValue(table, column, owner));
  return { columns: columns.map(({ name }) => name), values };
}

export function insertText(table: Table, columns: readonly string[]): string {
  return `insert into ${table.name} (${columns.join(', ')}) values (${columns.map((_, index) => `$${index + 1}`).join(', ')})`;
}

async function insertRow(table: Table, owner: RowOwner): Promise<void> {
  const { columns, values } = await rowOf(table, owner);
  await asOwner(insertText(table, columns), values).catch((cause: unknown) => {
    throw new Error(`There are no valid values for a row of ${table.name}. Add them in test/isolation/tables.ts.`, {
      cause,
    });
  });
}

async function givenValue(table: Table, column: Column, owner: RowOwner): Promise<unknown> {
  if (column.name === table.tenantColumn) return owner.tenantId;
  if (column.name === 'user_id') return owner.userId;
  if (column.refers_to !== null) {
    // Columns of one foreign key take their values from the same row.
    const { table: other, column: referenced } = column.refers_to;
    const [row] = await asOwner(
      `select ${referenced} as value from ${other} where tenant_id = $1 order by ctid limit 1`,
      [owner.tenantId],
    );
    return row?.value;
  }
  const special = SPECIAL[`${table.name}.${column.name}`] ?? column.first_allowed;
  return special ?? generatedValue(column.type, `${owner.marker}-${table.name}-${column.name}`);
}

function generatedValue(type: string, text: string): unknown {
  if (type === 'text') return text;
  if (type === 'text[]') return [text];
  if (type === 'jsonb') return JSON.stringify({ text });
  if (type === 'bytea') return Buffer.from(text);
  if (type === 'boolean') return true;
  if (type === 'date') return new Date().toISOString().slice(0, 10);
  if (type.startsWith('timestamp')) return new Date().toISOString();
  if (type === 'vector(768)') return JSON.stringify([1, ...new Array<number>(767).fill(0)]);
  if (/^(integer|bigint|real|double precision|numeric)/.test(type)) return 1;
  throw new Error(`There is no value for a column of type ${type}. Add it in test/isolation/tables.ts.`);
}

/** Returns all rows of a tenant by table, in a fixed order. */
export async function dumpTenant(tables: Table[], tenantId: string): Promise<Record<string, string[]>> {
  const statements = tables.map(({ name, tenantColumn }) =>
    statementOf(`select to_jsonb(t)::text as line from ${name} t where ${tenantColumn} = $1 order by 1`, [tenantId]),
  );
  const rows = await ownerTransaction((transaction) => transaction.queryAll(statements));
  return Object.fromEntries(
    tables.map(({ name }, index) => [name, (rows[index] ?? []).map((row) => String(row.line))]),
  );
}
