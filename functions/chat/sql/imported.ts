import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ImportedConversation, ImportedMessage } from '../imported.ts';

/** Inserts a conversation of the caller with the times of its source. */
export function insertImportedConversation(id: string, conversation: ImportedConversation): Statement {
  return {
    name: 'insert_imported_conversation',
    text: `insert into chat_sessions (id, tenant_id, user_id, target_type, target_id, title, model, created_at, updated_at)
      values ($1, current_tenant_id(), current_user_id(), 'chat', 'chat', $2, $3, $4, $5)`,
    values: [id, conversation.title, conversation.model, conversation.createdAt, conversation.updatedAt],
  };
}

/** Moves the time of the last change forward, never back: the user may have gone on since. */
export function updateImportedTimes(id: string, updatedAt: string): Statement {
  return {
    name: 'update_imported_times',
    text: 'update chat_sessions set updated_at = greatest(updated_at, $2::timestamptz) where id = $1',
    values: [id, updatedAt],
  };
}

/** Lists the imported messages of a conversation in the order of the source. */
export async function listImportedMessages(
  queryable: Queryable,
  conversationId: string,
): Promise<{ id: string; at: number; hash: string }[]> {
  return queryable.query({
    name: 'list_imported_messages',
    text: `select id, (metadata -> 'imported' ->> 'at')::integer as at, metadata -> 'imported' ->> 'hash' as hash
      from chat_messages where session_id = $1 and metadata -> 'imported' is not null
      order by (metadata -> 'imported' ->> 'at')::integer`,
    values: [conversationId],
  });
}

/** Inserts an imported message of the caller, or replaces what an earlier import wrote. Its place in the tree stays. */
export function writeImportedMessage(
  message: ImportedMessage & { id: string; conversationId: string; parentId: string | null },
): Statement {
  const { at, hash, model, parts, attachments } = message;
  const metadata = { imported: { at, hash, model, parts }, ...(attachments.length === 0 ? {} : { attachments }) };
  return {
    name: 'write_imported_message',
    text: `insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, status, metadata,
        created_at, completed_at)
      values ($1, current_tenant_id(), $2, current_user_id(), $3, $4, $5, 'complete', $6, $7,
        case when $3 = 'assistant' then $7::timestamptz end)
      on conflict (id) do update set role = excluded.role, content = excluded.content, metadata = excluded.metadata,
        created_at = excluded.created_at, completed_at = excluded.completed_at`,
    values: [
      message.id,
      message.conversationId,
      message.role,
      message.content,
      message.parentId,
      JSON.stringify(metadata),
      message.createdAt,
    ],
  };
}
