import type { z } from 'zod';
import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Conversation } from '../chat.ts';

export type ConversationRow = z.input<typeof Conversation>;

/** The columns of a conversation; `c` is its row. */
const COLUMNS = `c.id, c.title, c.model, c.archived, c.favorite, c.tags, c.compaction, c.target_type, c.target_id, c.head_id,
  case when c.forked_from is not null then jsonb_build_object('conversation_id', c.forked_from,
    'message_id', c.forked_from_message) end as forked_from,
  (select jsonb_build_object('message_id', a.id, 'run_id', a.run_id) from chat_messages a
    where a.session_id = c.id and a.status = 'answering') as answering,
  (select count(*)::integer from chat_messages m where m.session_id = c.id) as messages,
  coalesce((select left(l.content, 200) from chat_messages l where l.session_id = c.id and l.content <> ''
    order by l.created_at desc, l.role = 'assistant' desc, l.id desc limit 1), '') as last_text,
  (select trim_scale(coalesce(sum(s.cost), 0))::text from chat_messages m join sessions s on s.id = m.run_id
    where m.session_id = c.id) as cost_usd,
  c.event_seq, c.created_at, c.updated_at`;

export interface ConversationFilter {
  /** Words of the title or of a message; case is ignored. */
  text: string | undefined;
  isArchived: boolean;
  isFavorite: boolean;
  tag: string | undefined;
  target: { type: string; id: string } | undefined;
}

/** Lists a page of the caller's conversations that match, the last changed first. */
export async function listConversations(
  queryable: Queryable,
  filter: ConversationFilter,
  page: { before: { updated_at: string; id: string } | undefined; limit: number },
): Promise<ConversationRow[]> {
  return queryable.query<ConversationRow>({
    name: 'list_conversations',
    text: `select ${COLUMNS} from chat_sessions c
      where c.tenant_id = current_tenant_id() and c.user_id = current_user_id() and c.archived = $1
        and (not $2::boolean or c.favorite) and ($3::text is null or $3 = any (c.tags))
        and ($4::text is null or strpos(lower(c.title), lower($4)) > 0 or exists (select from chat_messages m
          where m.session_id = c.id and strpos(lower(m.content), lower($4)) > 0))
        and ($5::text is null or c.target_type = $5 and c.target_id = $6)
        and ($7::timestamptz is null or (c.updated_at, c.id) < ($7, $8))
      order by c.updated_at desc, c.id desc limit $9`,
    values: [
      filter.isArchived,
      filter.isFavorite,
      filter.tag,
      filter.text,
      filter.target?.type,
      filter.target?.id,
      page.before?.updated_at,
      page.before?.id,
      page.limit,
    ],
  });
}

/** Returns a conversation of the caller, or undefined. */
export async function findConversation(queryable: Queryable, id: string): Promise<ConversationRow | undefined> {
  const [row] = await queryable.query<ConversationRow>({
    name: 'find_conversation',
    text: `select ${COLUMNS} from chat_sessions c where c.id = $1`,
    values: [id],
  });
  return row;
}

export interface LockedConversation {
  id: string;
  title: string;
  head_id: string | null;
  /** The run of the answer under way. */
  answering: string | null;
}

/** Locks a conversation, so that concurrent messages come one after the other. Undefined: the caller has none such. */
export async function findConversationLocked(
  queryable: Queryable,
  id: string,
): Promise<LockedConversation | undefined> {
  const [locked] = await queryable.query<{ id: string }>({
    name: 'lock_conversation',
    text: 'select id from chat_sessions where id = $1 for no key update',
    values: [id],
  });
  if (locked === undefined) return undefined;
  // A separate statement, so that it sees the messages of the transaction that held the lock before.
  const [row] = await queryable.query<LockedConversation>({
    name: 'find_locked_conversation',
    text: `select c.id, c.title, c.head_id, (select a.run_id from chat_messages a
        where a.session_id = c.id and a.status = 'answering') as answering
      from chat_sessions c where c.id = $1`,
    values: [id],
  });
  return row;
}

/** Inserts a conversation of the caller. */
export function insertConversation(conversation: {
  id: string;
  title: string;
  target: { type: string; id: string };
  forkedFrom?: { conversationId: string; messageId: string } | undefined;
}): Statement {
  return {
    name: 'insert_conversation',
    text: `insert into chat_sessions (id, tenant_id, user_id, target_type, target_id, title, forked_from,
        forked_from_message)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, $6)`,
    values: [
      conversation.id,
      conversation.target.type,
      conversation.target.id,
      conversation.title,
      conversation.forkedFrom?.conversationId,
      conversation.forkedFrom?.messageId,
    ],
  };
}

export interface ConversationChange {
  title?: string | undefined;
  archived?: boolean | undefined;
  favorite?: boolean | undefined;
  tags?: readonly string[] | undefined;
  compaction?: string | undefined;
  headId?: string | undefined;
}

/** Changes what is given. The time of the last change is that of the last message and stays. */
export function updateConversation(id: string, change: ConversationChange): Statement {
  return {
    name: 'update_conversation',
    text: `update chat_sessions set title = coalesce($2, title), archived = coalesce($3, archived),
        favorite = coalesce($4, favorite), tags = coalesce($5, tags), compaction = coalesce($6, compaction),
        head_id = coalesce($7, head_id)
      where id = $1`,
    values: [id, change.title, change.archived, change.favorite, change.tags, change.compaction, change.headId],
  };
}

/** Stores the newest message and the model of the run that answers it. */
export function updateConversationAnswering(id: string, headId: string, runId: string): Statement {
  return {
    name: 'update_conversation_answering',
    text: `update chat_sessions c set head_id = $2, model = s.model_used, updated_at = clock_timestamp()
      from sessions s where c.id = $1 and s.id = $3`,
    values: [id, headId, runId],
  };
}

/** Deletes a conversation with its messages, and the runs that answered in it with all that is recorded of them. */
export function deleteConversation(id: string): Statement {
  return {
    name: 'delete_conversation',
    text: `with runs as (select m.run_id from chat_messages m where m.session_id = $1 and m.run_id is not null),
      answers as (delete from sessions s using runs r where s.id = r.run_id and s.kind = 'chat')
      delete from chat_sessions where id = $1`,
    values: [id],
  };
}
