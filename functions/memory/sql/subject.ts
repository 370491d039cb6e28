import type { Queryable } from '../../platform/database/database.ts';
import { Erased, MEMORY_STEPS } from './memory-source.ts';

interface SubjectRow {
  id: string;
  user_id: string;
  created_at: string;
}

/** Lists the subjects of the current user, newest first. */
export async function listSubjects(
  queryable: Queryable,
  page: { before: string | undefined; limit: number },
): Promise<SubjectRow[]> {
  return queryable.query<SubjectRow>({
    name: 'list_subjects',
    text: `select id, display_name as user_id, created_at from users
      where tenant_id = current_tenant_id() and owner_id = current_user_id() and ($1::text is null or id < $1)
      order by id desc limit $2`,
    values: [page.before, page.limit],
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
