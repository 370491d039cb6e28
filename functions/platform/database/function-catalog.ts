import type { ClientBase } from 'pg';

/**
 * Questions and changes to the catalog of the functions in the schema `public`. A name may stand for several overloads.
 */

/** Returns the definition of each function of this name. */
export async function readDefinitions(client: ClientBase, name: string): Promise<string[]> {
  const { rows } = await client.query<{ definition: string }>(
    `select pg_get_functiondef(oid) as definition from pg_proc where oid in (${NAMED}) order by oid`,
    [name],
  );
  return rows.map(({ definition }) => definition);
}

/**
 * Gives a function back to the account that migrates, with the rights that every new function has.
 * `create or replace function` keeps the owner and the grants, so a grant that was removed from the file would stay.
 */
export async function resetRights(client: ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ signature: string; grantees: string[] }>(
    `select p.oid::regprocedure::text as signature,
      array(select quote_ident(pg_get_userbyid(a.grantee)) from aclexplode(p.proacl) a where a.grantee not in (0, p.proowner)) as grantees
    from pg_proc p where p.oid in (${NAMED})`,
    [name],
  );
  for (const { signature, grantees } of rows) {
    for (const grantee of grantees) await client.query(`revoke all on function ${signature} from ${grantee}`);
    await client.query(`alter function ${signature} owner to current_user`);
    await client.query(`grant execute on function ${signature} to public`);
  }
}

/** Drops all functions of these names in one statement, so that functions that use each other go together. */
export async function dropFunctions(client: ClientBase, names: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ signature: string }>(
    `select p.oid::regprocedure::text as signature from pg_proc p where p.oid in (
      select f.oid from unnest($1::text[]) as n (name) cross join lateral (${NAMED.replace('$1', 'n.name')}) f)`,
    [names],
  );
  if (rows.length > 0) await client.query(`drop function ${rows.map(({ signature }) => signature).join(', ')}`);
}

/**
 * Drops a function and those of `droppable` that cannot exist without it, and returns the names of the latter. Only
 * functions with an SQL-standard body depend on what they call; Postgres resolves the calls in a string body at run
 * time.
 */
export async function dropWithDependents(
  client: ClientBase,
  name: string,
  droppable: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct p.proname::text as name from (${USERS}) u join pg_proc p on u.classid = 'pg_proc'::regclass and p.oid = u.objid
     where p.proname = any ($2) and p.proname <> $1`,
    [name, droppable],
  );
  const dependents = rows.map((row) => row.name);
  await dropFunctions(client, [name, ...dependents]);
  return dependents;
}

/**
 * Returns the indexes and generated columns whose stored values a function computes, directly or in another function.
 */
export async function readStoredUses(client: ClientBase, name: string): Promise<string[]> {
  const { rows } = await client.query<{ stored: string }>(
    `select 'index ' || c.relname as stored from (${USERS}) u
       join pg_class c on u.classid = 'pg_class'::regclass and c.oid = u.objid and c.relkind in ('i', 'I')
     union
     select 'column ' || c.relname || '.' || a.attname from (${USERS}) u
       join pg_attrdef d on u.classid = 'pg_attrdef'::regclass and d.oid = u.objid
       join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum and a.attgenerated <> ''
       join pg_class c on c.oid = d.adrelid
     order by 1`,
    [name],
  );
  return rows.map(({ stored }) => stored);
}

/** The functions of the name $1, without those of an extension. */
const NAMED = `select f.oid from pg_proc f where f.pronamespace = 'public'::regnamespace and f.proname = $1
  and not exists (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = f.oid and e.deptype = 'e')`;

/** Everything that depends on a function of the name $1, directly or through other functions. */
const USERS = `with recursive users as (
    select d.classid, d.objid from pg_depend d where d.refclassid = 'pg_proc'::regclass and d.refobjid in (${NAMED})
    union
    select d.classid, d.objid from users u join pg_depend d on d.refclassid = u.classid and d.refobjid = u.objid
    where u.classid = 'pg_proc'::regclass
  )
  select classid, objid from users`;
