import type { Queryable } from '../../platform/database/database.ts';
import type { MemoryKind, MutedMemory } from '../memory/muted-memory.ts';

/** Returns what the current user has muted, as `<kind> <target_id>`. */
export async function listMutedTargets(queryable: Queryable): Promise<Set<string>> {
  const rows = await queryable.query<{ target: string }>({
    name: 'list_chat_muted_targets',
    text: `select kind || ' ' || target_id as target from chat_muted_memories
      where tenant_id = current_tenant_id() and user_id = current_user_id()`,
  });
  return new Set(rows.map(({ target }) => target));
}

/** Returns the ids of the facts that the current user has muted. */
export async function listMutedFacts(queryable: Queryable): Promise<Set<string>> {
  const rows = await queryable.query<{ target_id: string }>({
    name: 'list_chat_muted_facts',
    text: `select target_id from chat_muted_memories
      where tenant_id = current_tenant_id() and user_id = current_user_id() and kind = 'fact'`,
  });
  return new Set(rows.map(({ target_id: id }) => id));
}

/** The live text of what is muted, `u` its row; null when it is gone. */
const TEXT = `case u.kind
    when 'fact' then (select m.text from memories m where m.tenant_id = u.tenant_id and m.id = u.target_id)
    when 'entity' then (select split_part(b.names || E'\\n' || b.path, E'\\n', 1) from memory_blocks b
      where b.tenant_id = u.tenant_id and b.user_id = u.user_id and b.path = u.target_id and b.valid_to is null limit 1)
    else (select to_jsonb(p) -> split_part(u.target_id, '/', 1) -> 'fields' -> substr(u.target_id, strpos(u.target_id, '/') + 1)
      ->> 'value' from user_preferences p where p.tenant_id = u.tenant_id and p.user_id = u.user_id) end`;

/**
 * Mutes something for the current user, and returns it; the second time too. Undefined when the user sees no such
 * thing.
 */
export async function upsertMutedMemory(
  queryable: Queryable,
  kind: MemoryKind,
  targetId: string,
): Promise<MutedMemory | undefined> {
  const [row] = await queryable.query<MutedMemory>({
    name: 'upsert_chat_muted_memory',
    text: `with wanted as (
        select u.*, ${TEXT} as text
        from (select current_tenant_id() as tenant_id, current_user_id() as user_id, $1::text as kind, $2::text as target_id) u
      )
      insert into chat_muted_memories as c (tenant_id, user_id, kind, target_id)
      select w.tenant_id, w.user_id, w.kind, w.target_id from wanted w where w.text is not null
      on conflict (tenant_id, user_id, kind, target_id) do update set created_at = c.created_at
      returning c.kind, c.target_id, c.created_at, (select w.text from wanted w) as text`,
    values: [kind, targetId],
  });
  return row;
}

/** Ends the muting of something. Returns false when the current user had not muted it. */
export async function deleteMutedMemory(queryable: Queryable, kind: MemoryKind, targetId: string): Promise<boolean> {
  const deleted = await queryable.query({
    name: 'delete_chat_muted_memory',
    text: `delete from chat_muted_memories
      where tenant_id = current_tenant_id() and user_id = current_user_id() and kind = $1 and target_id = $2 returning kind`,
    values: [kind, targetId],
  });
  return deleted.length > 0;
}

/** Lists what the current user has muted, newest first, from after a position. */
export async function listMutedMemories(
  queryable: Queryable,
  page: { after: MutedPosition | undefined; limit: number },
): Promise<MutedMemory[]> {
  return queryable.query<MutedMemory>({
    name: 'list_chat_muted_memories',
    text: `select u.kind, u.target_id, u.created_at, ${TEXT} as text from chat_muted_memories u
      where u.tenant_id = current_tenant_id() and u.user_id = current_user_id()
        and ($1::timestamptz is null or (u.created_at, u.kind, u.target_id) < ($1, $2, $3))
      order by u.created_at desc, u.kind desc, u.target_id desc limit $4`,
    values: [page.after?.created_at, page.after?.kind ?? '', page.after?.target_id ?? '', page.limit],
  });
}

type MutedPosition = Pick<MutedMemory, 'created_at' | 'kind' | 'target_id'>;
