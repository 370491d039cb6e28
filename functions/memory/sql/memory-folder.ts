import type { Queryable } from '../../platform/database/database.ts';

/** The names of what lies in one folder at the root of a tree, in the order of their bytes: without a walk through all other folders. */
export async function listFolder(queryable: Queryable, treeId: string, folder: string): Promise<string[]> {
  const rows = await queryable.query<{ name: string }>({
    name: 'list_memory_folder',
    text: `select e.name from memory_objects r cross join lateral git_tree_entries(r.content) f
      cross join lateral (select t.content from memory_objects t
        where t.tenant_id = current_tenant_id() and t.user_id = current_user_id() and t.id = f.object_id and t.kind = 'tree' offset 0) o
      cross join lateral git_tree_entries(o.content) e
      where r.tenant_id = current_tenant_id() and r.user_id = current_user_id() and r.id = $1 and r.kind = 'tree' and f.name = $2
      order by e.name collate "C"`,
    values: [treeId, folder],
  });
  return rows.map(({ name }) => name);
}
