import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { UncitedNote } from '../memory/memory-note.ts';
import { type SuppliedMemory, wordsOfBlock } from '../memory/supplied-memory.ts';

/**
 * Records what the context of an answer contains. Idempotent, and a no-op for a message that does not exist. The texts
 * of facts and blocks are not stored: readers join the live rows.
 */
export function insertMemoryUses(messageId: string, supplied: readonly SuppliedMemory[]): Statement {
  const rows = supplied.map(({ ref, kind, target_id, block, since, text, why }) => ({
    ref,
    kind,
    target_id,
    block,
    since,
    text: kind === 'preference' ? text : null,
    why,
  }));
  return {
    name: 'insert_chat_memory_uses',
    text: `insert into chat_memory_uses (tenant_id, user_id, message_id, ref, kind, target_id, block, since, text, why)
      select m.tenant_id, m.user_id, m.id, u.ref, u.kind, u.target_id, u.block, u.since, u.text,
        array(select jsonb_array_elements_text(u.why))
      from chat_messages m, jsonb_to_recordset($2::jsonb)
        as u (ref text, kind text, target_id text, block text, since timestamptz, text text, why jsonb)
      where m.tenant_id = current_tenant_id() and m.id = $1
      on conflict (message_id, ref) do nothing`,
    values: [messageId, JSON.stringify(rows)],
  };
}

/** Whether the current user has facts or entity files, or the tenant shares facts. */
export async function hasMemory(queryable: Queryable): Promise<boolean> {
  const [row] = await queryable.query<{ found: boolean }>({
    name: 'find_has_memory',
    text: `select exists (select from memories m where m.tenant_id = current_tenant_id()
          and (m.user_id = current_user_id() or m.scope = 'tenant'))
        or exists (select from memory_blocks b where b.tenant_id = current_tenant_id()
          and b.user_id = current_user_id()) as found`,
  });
  return row?.found ?? false;
}

/** Returns the session that each commit applied, by the commit's id; none for a commit without a session. */
export async function listBlockSources(
  queryable: Queryable,
  commitIds: readonly string[],
): Promise<Map<string, { source_kind: string; source_id: string }>> {
  if (commitIds.length === 0) return new Map();
  const rows = await queryable.query<{ id: string; source_kind: string; source_id: string }>({
    name: 'list_chat_block_sources',
    text: `select c.id, coalesce(s.kind, 'session') as source_kind, c.session_id as source_id from memory_commits c
      left join memory_sessions s on s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.id = c.session_id
      where c.tenant_id = current_tenant_id() and c.user_id = current_user_id() and c.id = any ($1) and c.session_id is not null`,
    values: [commitIds],
  });
  return new Map(rows.map(({ id, ...source }) => [id, source]));
}

/**
 * Returns the notes of the answers of these runs of the current user, by the run's id, in the order of the refs. A
 * thing that is gone has no note. A block is found by its path, its name and the time of its text, which an erasure of
 * others keeps.
 */
export async function listMemoryNotes(
  queryable: Queryable,
  runIds: readonly string[],
): Promise<Map<string, UncitedNote[]>> {
  const notes = new Map<string, UncitedNote[]>();
  if (runIds.length === 0) return notes;
  const rows = await queryable.query<UncitedNote & { run_id: string; heading: string | null }>({
    name: 'list_chat_memory_notes',
    text: `select a.run_id, u.ref, u.kind, u.target_id, nullif(u.block, '') as block, b.commit_id, u.since, u.why,
        coalesce(u.text, m.text, b.text) as text, b.heading,
        case u.kind when 'fact' then m.source when 'entity' then u.target_id
          else 'a preference that the person accepted' end as source,
        case u.kind when 'fact' then m.source_kind when 'entity' then coalesce(s.kind, 'session') else 'person' end as source_kind,
        case u.kind when 'fact' then m.source_id else c.session_id end as source_id,
        case u.kind when 'fact' then m.trust when 'entity' then 'untrusted' else 'trusted' end as trust,
        coalesce(m.flags, '{}') as flags,
        case u.kind when 'fact' then m.superseded_by is null and is_true_at(null, m.valid_from, m.valid_to)
          when 'entity' then b.valid_to is null else u.text = f.name || ': ' || f.value end as is_current,
        exists (select from chat_muted_memories x where x.tenant_id = u.tenant_id and x.user_id = u.user_id
          and x.kind = u.kind and x.target_id = u.target_id) as is_muted
      from chat_messages a join chat_memory_uses u on u.tenant_id = a.tenant_id and u.message_id = a.id
      left join memories m on u.kind = 'fact' and m.tenant_id = u.tenant_id and m.id = u.target_id
      left join memory_blocks b on u.kind = 'entity' and b.tenant_id = u.tenant_id and b.user_id = u.user_id
        and b.path = u.target_id and b.block = u.block and b.valid_from = u.since
      left join memory_commits c on c.tenant_id = b.tenant_id and c.user_id = b.user_id and c.id = b.commit_id
      left join memory_sessions s on s.tenant_id = c.tenant_id and s.user_id = c.user_id and s.id = c.session_id
      left join lateral (select n.name, to_jsonb(p) -> split_part(u.target_id, '/', 1) -> 'fields' -> n.name ->> 'value' as value
        from user_preferences p, lateral (select substr(u.target_id, strpos(u.target_id, '/') + 1)) as n (name)
        where p.tenant_id = u.tenant_id and p.user_id = u.user_id) f on u.kind = 'preference'
      where a.tenant_id = current_tenant_id() and a.run_id = any ($1) and u.user_id = current_user_id()
        and coalesce(m.text, b.text, f.value) is not null
      order by a.run_id, length(u.ref), u.ref`,
    values: [runIds],
  });
  for (const { run_id: id, heading, ...note } of rows) {
    const text = heading === null ? note.text : wordsOfBlock({ heading, text: note.text }, note.source_id);
    notes.set(id, [...(notes.get(id) ?? []), { ...note, text }]);
  }
  return notes;
}
