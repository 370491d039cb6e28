import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Row } from '../../functions/platform/database/batch.ts';
import type { Database, Scope } from '../../functions/platform/database/database.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { sqlState } from '../../functions/platform/errors.ts';
import { asOwner, statementOf } from '../support/owner.ts';
import { dumpTenant, fillTables, insertText, type RowOwner, readTables, rowOf } from './tables.ts';

/** Checks every table, function and privilege of the database, also those that are added later. */
const { ofTenants: tables, ofNobody } = await readTables();
const each = tables.map((table) => [table.name, table] as const);
const names = tables.map(({ name }) => name);

let database: Database;
let alice: RowOwner;
let bob: RowOwner;
beforeAll(async () => {
  database = await openDatabase();
  [alice, bob] = [await settle('alice'), await settle('bob')];
});

async function settle(marker: string): Promise<RowOwner> {
  const [row] = await asOwner('select id, tenant_id from provision_account($1, $2, $3, null)', [
    `subject-${marker}`,
    `${marker}@example.com`,
    marker,
  ]);
  const person = z.object({ id: z.string(), tenant_id: z.string() }).parse(row);
  const owner = { tenantId: person.tenant_id, userId: person.id, marker };
  await fillTables(tables, owner);
  return owner;
}

const asAlice = (): Scope => ({ kind: 'tenant', tenantId: alice.tenantId, userId: alice.userId });
const run = (scope: Scope, text: string, values: unknown[] = []): Promise<Row[]> =>
  database.as(scope).query(statementOf(text, values));
const stateOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => sqlState(error) ?? String(error),
  );

test('only these tables belong to no tenant', () => {
  expect(ofNobody).toEqual([
    'local_accounts',
    'local_refresh_tokens',
    'rate_limits',
    'schema_functions',
    'schema_migrations',
  ]);
});

describe('a table of tenants', () => {
  test.for(each)('%s: row-level security is enabled and forced, also for the runtime role', async ([name]) => {
    const [row] = await asOwner(
      `select c.relrowsecurity, c.relforcerowsecurity,
        exists (select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd = '*'
          and 'apexflow_runtime'::regrole::oid = any (p.polroles)
          and pg_get_expr(p.polqual, c.oid) like '%current_tenant_id()%'
          and pg_get_expr(p.polwithcheck, c.oid) like '%current_tenant_id()%') as is_isolated,
        (select count(*)::int from pg_policy p where p.polrelid = c.oid and p.polpermissive
          and ('apexflow_runtime'::regrole::oid = any (p.polroles) or 0 = any (p.polroles))) as policies,
        pg_get_userbyid(c.relowner) as owner
      from pg_class c where c.oid = $1::text::regclass`,
      [name],
    );
    expect(row).toMatchObject({ relrowsecurity: true, relforcerowsecurity: true, is_isolated: true, policies: 1 });
    expect(['apexflow_runtime', 'apexflow_definer']).not.toContain(row?.owner);
  });

  test.for(each)('%s: has an index that starts with the tenant', async ([name, { tenantColumn }]) => {
    const rows = await asOwner(
      `select i.indexrelid::regclass::text as index
       from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indrelid = $1::text::regclass and a.attname = $2 and i.indisvalid`,
      [name, tenantColumn],
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  test.for(each)('%s: tenant and user have no default', async ([, { columns, tenantColumn }]) => {
    const owning = columns.filter(({ name }) => name === tenantColumn || name === 'user_id');
    expect(owning.filter((column) => column.has_default)).toEqual([]);
    const isShared = columns.some(({ name }) => name === 'outcome');
    // Only logs of refusals may have no owner, because the caller is not always known.
    expect(owning.filter((column) => !column.is_required && !isShared)).toEqual([]);
  });

  test.for(each)('%s: a session without a tenant sees no row and inserts none', async ([name, table]) => {
    expect((await dumpTenant([table], bob.tenantId))[name]?.length).toBeGreaterThan(0);
    expect(await run({ kind: 'system' }, `select count(*)::int as count from ${name}`)).toEqual([{ count: 0 }]);
    const { columns, values } = await rowOf(table, bob);
    expect(await stateOf(run({ kind: 'system' }, insertText(table, columns), values))).toBe('42501');
  });

  test.for(each)(
    '%s: a tenant sees only its own rows and cannot insert a row of another tenant',
    async ([name, table]) => {
      const own = (await dumpTenant([table], alice.tenantId))[name]?.length;
      const [seen] = await run(
        asAlice(),
        `select count(*)::int as all, count(*) filter (where ${table.tenantColumn} = $1)::int as own from ${name}`,
        [alice.tenantId],
      );
      expect(seen).toEqual({ all: own, own });
      const { columns, values } = await rowOf(table, bob);
      expect(await stateOf(run(asAlice(), insertText(table, columns), values))).toBe('42501');
    },
  );

  test.for(each)('%s: a tenant cannot update or delete a row of another tenant', async ([name, table]) => {
    const { tenantColumn } = table;
    const before = (await dumpTenant([table], bob.tenantId))[name];
    for (const statement of [`delete from ${name}`, `update ${name} set ${tenantColumn} = ${tenantColumn}`]) {
      const text = `with touched as (${statement} where ${tenantColumn} = $1 returning 1) select count(*)::int as touched from touched`;
      // Either the privilege is missing, or no such row is visible.
      const outcome = await run(asAlice(), text, [bob.tenantId]).then(([row]) => row?.touched, sqlState);
      expect(['42501', 0]).toContain(outcome);
    }
    // A tenant cannot move its own row to another tenant either.
    expect(await stateOf(run(asAlice(), `update ${name} set ${tenantColumn} = $1`, [bob.tenantId]))).toBe('42501');
    expect((await dumpTenant([table], bob.tenantId))[name]).toEqual(before);
  });

  test('the runtime role cannot change or delete lines of append-only logs', async () => {
    for (const name of ['audit_log', 'security_logs', 'usage_ledger']) {
      expect(await stateOf(run(asAlice(), `delete from ${name}`))).toBe('42501');
      expect(await stateOf(run(asAlice(), `update ${name} set user_id = user_id`))).toBe('42501');
    }
  });
});

describe('the runtime role', () => {
  test('has no special attributes and owns nothing', async () => {
    const roles = await asOwner(
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin
       from pg_roles where rolname in ('apexflow_runtime', 'apexflow_definer') order by 1`,
    );
    const nothing = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolcanlogin: false,
    };
    expect(roles).toEqual([
      { rolname: 'apexflow_definer', ...nothing },
      { rolname: 'apexflow_runtime', ...nothing },
    ]);
    expect(await asOwner(`select relname from pg_class where relowner = 'apexflow_runtime'::regrole`)).toEqual([]);
    expect(await asOwner(`select proname from pg_proc where proowner = 'apexflow_runtime'::regrole`)).toEqual([]);
    const [row] = await asOwner(
      `select has_schema_privilege('apexflow_runtime', 'public', 'create') as creates,
        has_schema_privilege('apexflow_definer', 'public', 'create') as definer_creates,
        pg_has_role('apexflow_runtime', 'apexflow_definer', 'member') as is_definer`,
    );
    expect(row).toEqual({ creates: false, definer_creates: false, is_definer: false });
    expect(await run({ kind: 'system' }, 'select current_user::text as role')).toEqual([{ role: 'apexflow_runtime' }]);
  });

  test('cannot truncate or reference a table, create a trigger, or access the list of migrations', async () => {
    const rows = await asOwner(
      `select t as table, r as right
       from unnest($1::text[]) t, unnest('{truncate,references,trigger}'::text[]) r
       where has_table_privilege('apexflow_runtime', t, r)
       union all
       select t, r from unnest('{schema_migrations,schema_functions}'::text[]) t,
         unnest('{select,insert,update,delete,truncate}'::text[]) r
       where has_table_privilege('apexflow_runtime', t, r)`,
      [[...names, ...ofNobody]],
    );
    expect(rows).toEqual([]);
  });

  test('no other role has a privilege, and PUBLIC has none', async () => {
    const rows = await asOwner(
      `select c.relname, a.grantee::regrole::text as grantee from pg_class c, aclexplode(c.relacl) a
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
         and a.grantee not in (c.relowner, 'apexflow_runtime'::regrole, 'apexflow_definer'::regrole)
         and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
    );
    expect(rows).toEqual([]);
  });
});

describe('functions and views with other rights than the caller', () => {
  test('every SECURITY DEFINER function has a search_path that ends with pg_temp, the definer as owner, and is not public', async () => {
    const rows = await asOwner(
      `select p.proname, pg_get_userbyid(p.proowner) as owner, p.proconfig,
        has_function_privilege('public', p.oid, 'execute') as is_public
       from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef order by 1`,
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) {
      expect.soft(row).toMatchObject({ owner: 'apexflow_definer', is_public: false });
      expect.soft(row.proconfig, String(row.proname)).toContain('search_path=pg_catalog, public, pg_temp');
    }
  });

  test('every view runs with the privileges of its caller', async () => {
    const rows = await asOwner(
      `select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
         and not ('security_invoker=true' = any (coalesce(c.reloptions, '{}')))
         and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`,
    );
    expect(rows).toEqual([]);
  });
});

test('deleting a tenant deletes all of its rows and no others', async () => {
  const before = await dumpTenant(tables, alice.tenantId);
  await asOwner('delete from tenants where id = $1', [bob.tenantId]);
  // The rows of blobs and uploads stay until timers have removed their objects from the object store.
  const { run_blobs: blobs, uploads, ...rest } = await dumpTenant(tables, bob.tenantId);
  expect([blobs, uploads]).toEqual([[expect.any(String)], [expect.any(String)]]);
  expect(Object.values(rest).flat()).toEqual([]);
  expect(await dumpTenant(tables, alice.tenantId)).toEqual(before);
});
