import type { Queryable } from '../../platform/database/database.ts';

export interface NewMemorySession {
  tenantId: string;
  id: string;
  userId: string;
  kind: string;
  material: object;
}

/** Archives a session once; false when it is there already, or its person is not (a person who was erased leaves nothing behind). */
export async function insertMemorySession(queryable: Queryable, session: NewMemorySession): Promise<boolean> {
  const inserted = await queryable.query({
    name: 'insert_memory_session',
    text: `insert into memory_sessions (tenant_id, id, user_id, kind, material, author_role)
      select $1, $2, u.id, $4, $5, u.role from users u where u.id = $3 and u.tenant_id = $1
      on conflict (tenant_id, id) do nothing
      returning id`,
    values: [session.tenantId, session.id, session.userId, session.kind, JSON.stringify(session.material)],
  });
  return inserted.length > 0;
}
