import { z } from 'zod';
import type { Row } from '../../../functions/platform/database/batch.ts';
import type { Transaction } from '../../../functions/platform/database/database.ts';
import { asOwner, ownerTransaction, statementOf } from '../../support/owner.ts';

/** Copies the rows of one subject thousands of times in SQL, each copy with ids and words of its own. */

const BATCH = 500;
const Column = z.object({ table_name: z.string(), column_name: z.string(), data_type: z.string() });
type Column = z.infer<typeof Column>;

/** Columns that can be inserted, of all tables with rows of a user. */
const COLUMNS = `select c.table_name, c.column_name, c.data_type from information_schema.columns c
  where c.table_schema = 'public' and c.is_generated = 'NEVER' and c.is_identity = 'NO' and c.table_name in (
    select table_name from information_schema.columns where table_schema = 'public' and column_name = 'user_id')
  order by c.table_name, c.ordinal_position`;

/** Ids of other kinds are unique only together with the user. */
const REFERENCES = /^(memory_id|other_id|one|other|superseded_by|consolidation_id|repository)$/;
const WITH_OWN_IDS = [
  'memories',
  'memory_jobs',
  'memory_consolidations',
  'memory_links',
  'memory_repositories',
  'memory_proposals',
  'memory_notes',
];
/** Their words are those of git objects, which are copied as they are. */
const OF_GIT = ['memory_objects', 'memory_commits', 'memory_changes', 'memory_refs'];

/** Runs a statement as the owner of the database without a time limit. */
export function slowly(text: string, values: unknown[] = []): Promise<Row[]> {
  return ownerTransaction(async (transaction) => {
    await transaction.query(statementOf('set local statement_timeout = 0'));
    return transaction.query(statementOf(text, values));
  });
}

export const rowIdOf = (n: number) => `subj_${String(n).padStart(26, '0')}`;
export const nameOf = (n: number) => `user-${n}`;
/** A word that only this subject has. */
export const markerOf = (n: number) => `marker${String(n).padStart(6, '0')}`;
const MARKER = 'markertemplate';

export { MARKER as TEMPLATE_MARKER };

/** Inserts the subjects `1` to `count` of the owner as copies of a subject whose words have the template's marker. */
export async function copySubject(rowId: string, count: number): Promise<void> {
  const columns = z.array(Column).parse(await asOwner(COLUMNS));
  const tables = Map.groupBy(columns, ({ table_name: table }) => table);
  for (let from = 1; from <= count; from += BATCH)
    await ownerTransaction(async (transaction) => {
      // Rows refer to each other across tables; they are copied in any order.
      await transaction.query(statementOf('set local session_replication_role = replica'));
      await transaction.query(statementOf('set local statement_timeout = 0'));
      await copyBatch(transaction, tables, [rowId, from, Math.min(count, from + BATCH - 1)]);
    });
  await slowly('analyze');
}

async function copyBatch(transaction: Transaction, tables: Map<string, Column[]>, values: unknown[]): Promise<void> {
  await transaction.query(
    statementOf(
      `insert into users (id, tenant_id, owner_id, display_name, role)
       select 'subj_' || lpad(n::text, 26, '0'), u.tenant_id, u.owner_id, 'user-' || n, 'member'
       from users u cross join generate_series($2::integer, $3::integer) n where u.id = $1`,
      values,
    ),
  );
  for (const [table, columns] of tables) {
    if (table === 'audit_log' || table === 'api_keys') continue;
    const names = columns.map(({ column_name: name }) => name);
    await transaction.query(
      statementOf(
        `insert into ${table} (${names.join(', ')}) select ${columns.map(expressionOf).join(', ')}
         from ${table} t cross join generate_series($2::integer, $3::integer) n where t.user_id = $1`,
        values,
      ),
    );
  }
  await transaction.query(
    statementOf(
      `insert into memory_vectors (tenant_id, memory_id, embedding) select v.tenant_id, ${copyOf('v.memory_id')}, v.embedding
       from memory_vectors v join memories m on m.id = v.memory_id cross join generate_series($2::integer, $3::integer) n
       where m.user_id = $1`,
      values,
    ),
  );
}

const copyOf = (id: string) => `split_part(${id}, '_', 1) || '_0' || left(md5(${id} || n), 25)`;

function expressionOf({ table_name: table, column_name: name, data_type: type }: Column): string {
  const own = `'subj_' || lpad(n::text, 26, '0')`;
  if (name === 'user_id') return own;
  if (name === 'id' ? WITH_OWN_IDS.includes(table) : REFERENCES.test(name)) return copyOf(`t.${name}`);
  const words = `replace(t.${name}::text, '${MARKER}', 'marker' || lpad(n::text, 6, '0'))`;
  if (OF_GIT.includes(table)) return `t.${name}`;
  // Facts of different subjects share no chain.
  if (name === 'chains') return `array(select md5(c || n) from unnest(t.chains) c)`;
  if (type === 'jsonb') return `${words}::jsonb`;
  if (type === 'text') return `case when t.${name} = $1 then ${own} else ${words} end`;
  return `t.${name}`;
}
