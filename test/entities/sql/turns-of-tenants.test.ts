import { afterAll, expect, test } from 'vitest';
import { listUnconsolidatedPeople } from '../../../functions/entities/sql/memory-consolidation.ts';
import { listDueLinks } from '../../../functions/entities/sql/memory-link.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { asOwner, createPerson } from '../people.ts';

/** Timers list a page of people; the many subjects of one application must not fill it. */
const database = await openDatabase();
const system = database.as({ kind: 'system' });
afterAll(closeDatabase);

const own = (text: string, values: unknown[]) =>
  asOwner(database, (transaction) => transaction.query({ name: `test_${text.length}`, text, values }));

/** Gives a person a branch with this many commits, and a linked repository that is due since then. */
async function fillWork(tenantId: string, userId: string, commits: number): Promise<void> {
  const id = createId('link')
    .slice(-10)
    .padEnd(40, '0')
    .replaceAll(/[^0-9a-f]/g, 'a');
  await own(
    `insert into memory_repositories (id, tenant_id, user_id, ontology, branch) values ($1, $2, $3, 'personal', 'main')`,
    [createId('repo'), tenantId, userId],
  );
  await own(
    `insert into memory_commits (tenant_id, user_id, id, position, tree_id, message, committed_at) values ($1, $2, $3, $4, $3, 'x', now())`,
    [tenantId, userId, id, commits],
  );
  await own(`insert into memory_refs (tenant_id, user_id, name, commit_id) values ($1, $2, 'main', $3)`, [
    tenantId,
    userId,
    id,
  ]);
  await own(
    `insert into memory_links (tenant_id, user_id, id, repo_url, branch, ciphertext, wrapped_key, key_name, next_sync_at)
     values ($1, $2, $3, 'https://github.com/a/b', 'main', 'x', 'x', 'x', now() - make_interval(mins => $4))`,
    [tenantId, userId, createId('link'), commits],
  );
}

test('an application with many subjects does not delay the consolidations and syncs of other tenants', async () => {
  const application = await createPerson(database);
  const other = await createPerson(database);
  const [tenantId, ownerId] = [application.tenantId, application.userId];
  for (let n = 0; n < 5; n += 1) {
    const id = createId('subj');
    await own(`insert into users (id, tenant_id, owner_id, display_name, role) values ($1, $2, $3, $1, 'member')`, [
      id,
      tenantId,
      ownerId,
    ]);
    await fillWork(tenantId, id, 50 + n);
  }
  await fillWork(other.tenantId, other.userId, 20);
  const tenantsOf = (rows: { tenant_id: string }[]) => rows.map((row) => row.tenant_id).sort();
  const both = [tenantId, other.tenantId].sort();
  expect(tenantsOf(await listUnconsolidatedPeople(system, { least: 20, limit: 2 }))).toEqual(both);
  expect(tenantsOf(await listDueLinks(system, 2))).toEqual(both);
  // The subjects of a disabled owner rest.
  await own('update users set disabled_at = now() where id = $1', [ownerId]);
  const rest = [{ tenant_id: other.tenantId, user_id: other.userId }];
  expect(await listUnconsolidatedPeople(system, { least: 20, limit: 10 })).toEqual(rest);
  expect(await listDueLinks(system, 10)).toEqual(rest);
});
