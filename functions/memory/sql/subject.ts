import type { Queryable } from '../../platform/database/database.ts';
import { Erased, MEMORY_STEPS } from './memory-source.ts';

interface SubjectRow {
  user_id: string;
  created_at: string;
}

/** Lists the subjects of the current user by name. */
export async function listSubjects(
  queryable: Queryable,
  page: { after: string | undefined; limit: number },
): Promise<SubjectRow[]> {
  return queryable.query<SubjectRow>({
    name: 'list_subjects',
    text: `select display_name as user_id, created_at from users
      where tenant_id = current_tenant_id() and owner_id = current_user_id() and ($1::text is null or display_name > $1)
      order by display_name limit $2`,
    values: [page.after, page.limit],
  });
}

/** Erases a subject of the current user. Returns undefined when there is none. Definer function `erase_subject`. */
export async function deleteSubject(queryable: Queryable, name: string): Promise<Erased | undefined> {
  const [row] = await queryable.query<{ erased: unknown }>({
    name: 'erase_subject',
    text: 'select erase_subject($1, $2) as erased',
    values: [name, MEMORY_STEPS],
  });
  return row?.erased == null ? undefined : Erased.parse(row.erased);
}
