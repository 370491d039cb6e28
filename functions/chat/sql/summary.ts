import { Summary } from '../../platform/compaction/summary.ts';
import type { Queryable } from '../../platform/database/database.ts';

/** A summary of the beginning of a branch, up to this message. */
export interface StoredSummary {
  message_id: string;
  summary: Summary;
}

/** Lists the summaries of a conversation that end at one of these messages. One of an older shape is left out. */
export async function listSummaries(
  queryable: Queryable,
  conversationId: string,
  messageIds: readonly string[],
): Promise<StoredSummary[]> {
  const rows = await queryable.query<{ message_id: string; summary: unknown }>({
    name: 'list_chat_summaries',
    text: `select message_id, summary from chat_summaries
      where tenant_id = current_tenant_id() and session_id = $1 and message_id = any ($2)`,
    values: [conversationId, messageIds],
  });
  return rows.flatMap(({ message_id, summary }) => {
    const parsed = Summary.safeParse(summary);
    return parsed.success ? [{ message_id, summary: parsed.data }] : [];
  });
}

/** Stores a summary. A newer one up to the same message takes its place. */
export async function insertSummary(
  queryable: Queryable,
  conversationId: string,
  stored: StoredSummary,
): Promise<void> {
  await queryable.query({
    name: 'insert_chat_summary',
    text: `insert into chat_summaries (tenant_id, session_id, message_id, summary)
      values (current_tenant_id(), $1, $2, $3)
      on conflict (tenant_id, session_id, message_id) do update set summary = excluded.summary`,
    values: [conversationId, stored.message_id, JSON.stringify(stored.summary)],
  });
}
