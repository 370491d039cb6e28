import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';

export interface MessageRow {
  id: string;
  conversation_id: string;
  parent_id: string | null;
  role: 'user' | 'assistant' | 'system';
  status: 'answering' | 'complete' | 'stopped' | 'failed';
  content: string;
  siblings: string[];
  run_id: string | null;
  error: string | null;
  metadata: Record<string, unknown>;
  created_at: string;
  completed_at: string | null;
}

/** Returns the run whose records are those of a message: its own, or that of the message that it copies. */
export function runOf({ run_id, metadata }: Pick<MessageRow, 'run_id' | 'metadata'>): string | undefined {
  if (run_id !== null) return run_id;
  return typeof metadata.copy_of === 'string' ? metadata.copy_of : undefined;
}

/**
 * The columns of a message; `m` is its row. The two cases of the siblings let each use the index of parents; one
 * comparison with `is not distinct from` reads the whole conversation for each message.
 */
const COLUMNS = `m.id, m.session_id as conversation_id, m.parent_id, m.role, m.status, m.content,
  case when m.parent_id is null
    then array(select o.id from chat_messages o where o.session_id = m.session_id and o.parent_id is null
      order by o.created_at, o.id)
    else array(select o.id from chat_messages o where o.session_id = m.session_id and o.parent_id = m.parent_id
      order by o.created_at, o.id) end as siblings,
  m.run_id, m.error, m.metadata, m.created_at, m.completed_at`;

/** The messages from `$2` up to the beginning of the conversation `$1`; `depth` counts upwards. */
const BRANCH = `with recursive branch (id, parent_id, depth) as (
    select m.id, m.parent_id, 0 from chat_messages m where m.session_id = $1 and m.id = $2
    union all
    select m.id, m.parent_id, b.depth + 1 from branch b join chat_messages m on m.session_id = $1 and m.id = b.parent_id)`;

/**
 * Lists messages of the branch that ends with a message, oldest first: the last `limit` of them, before the message of
 * a cursor if there is one.
 */
export async function listBranch(
  queryable: Queryable,
  branch: { conversationId: string; headId: string; before?: string | undefined; limit: number },
): Promise<MessageRow[]> {
  return queryable.query<MessageRow>({
    name: 'list_branch',
    text: `${BRANCH}, page as (
        select b.id, b.depth from branch b
        where b.depth > coalesce((select c.depth from branch c where c.id = $3), -1) order by b.depth limit $4)
      select ${COLUMNS} from page p join chat_messages m on m.id = p.id order by p.depth desc`,
    values: [branch.conversationId, branch.headId, branch.before, branch.limit],
  });
}

/** Returns a message of the caller, or undefined. */
export async function findMessage(queryable: Queryable, id: string): Promise<MessageRow | undefined> {
  const [row] = await queryable.query<MessageRow>({
    name: 'find_message',
    text: `select ${COLUMNS} from chat_messages m where m.id = $1`,
    values: [id],
  });
  return row;
}

/** Returns the message that a run answers with, or undefined. */
export async function findAnswerOfRun(queryable: Queryable, runId: string): Promise<MessageRow | undefined> {
  const [row] = await queryable.query<MessageRow>({
    name: 'find_answer_of_run',
    text: `select ${COLUMNS} from chat_messages m where m.run_id = $1`,
    values: [runId],
  });
  return row;
}

/**
 * Returns the answer to the message with the sender's id, or undefined when it was not sent. Of concurrent requests
 * with the same id, the others wait until the transaction of the first has ended.
 */
export async function findAnswerToClientId(
  queryable: Queryable,
  clientId: string,
): Promise<(MessageRow & { question: string }) | undefined> {
  await queryable.query({
    name: 'lock_client_id',
    text: `select pg_advisory_xact_lock(hashtextextended('chat message ' || current_user_id() || ' ' || $1, 0))`,
    values: [clientId],
  });
  // A separate statement, so that it sees the message of the transaction that held the lock before.
  const [row] = await queryable.query<MessageRow & { question: string }>({
    name: 'find_answer_to_client_id',
    text: `select ${COLUMNS}, q.content as question from chat_messages q join chat_messages m on m.session_id = q.session_id
        and m.parent_id = q.id and m.role = 'assistant'
      where q.tenant_id = current_tenant_id() and q.user_id = current_user_id() and q.client_id = $1
      order by m.created_at limit 1`,
    values: [clientId],
  });
  return row;
}

/**
 * Returns the last message of the newest branch below a message, so that choosing another version of a question shows
 * what followed it.
 */
export async function findNewestLeaf(queryable: Queryable, conversationId: string, id: string): Promise<string> {
  const [row] = await queryable.query<{ id: string }>({
    name: 'find_newest_leaf',
    text: `with recursive below (id, created_at) as (
        select m.id, m.created_at from chat_messages m where m.session_id = $1 and m.id = $2
        union all
        select m.id, m.created_at from below b join chat_messages m on m.session_id = $1 and m.parent_id = b.id)
      select b.id from below b where not exists (select from chat_messages m where m.session_id = $1 and m.parent_id = b.id)
      order by b.created_at desc, b.id desc limit 1`,
    values: [conversationId, id],
  });
  return row?.id ?? id;
}

export interface NewMessage {
  id: string;
  conversationId: string;
  parentId: string | null;
  role: 'user' | 'assistant' | 'system';
  status: 'answering' | 'complete';
  content: string;
  runId?: string | undefined;
  clientId?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
}

/** Inserts a message of the caller. */
export function insertMessage(message: NewMessage): Statement {
  return {
    name: 'insert_chat_message',
    text: `insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, run_id, status, client_id,
        metadata, created_at)
      values ($1, current_tenant_id(), $2, current_user_id(), $3, $4, $5, $6, $7, $8, $9, clock_timestamp())`,
    values: [
      message.id,
      message.conversationId,
      message.role,
      message.content,
      message.parentId,
      message.runId,
      message.status,
      message.clientId,
      JSON.stringify(message.metadata ?? {}),
    ],
  };
}

/**
 * Copies the messages of a branch into another conversation, in their order and with new ids, and makes the last its
 * head. The copies keep their runs in `metadata.copy_of`, because a run answers one message.
 */
export function copyBranch(
  from: { conversationId: string; headId: string },
  to: string,
  ids: readonly string[],
): Statement {
  return {
    name: 'copy_branch',
    text: `${BRANCH}, copied as (
        select b.id, $4::text[] as ids, row_number() over (order by b.depth desc)::integer as place from branch b),
      written as (
        insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, status, error, completed_at,
          created_at, metadata)
        select c.ids[c.place], m.tenant_id, $3, m.user_id, m.role, m.content, c.ids[c.place - 1],
          case m.status when 'answering' then 'stopped' else m.status end, m.error, m.completed_at, m.created_at,
          m.metadata || jsonb_strip_nulls(jsonb_build_object('copy_of', coalesce(m.metadata ->> 'copy_of', m.run_id)))
        from copied c join chat_messages m on m.id = c.id)
      update chat_sessions set head_id = $4[(select count(*) from copied)] where id = $3`,
    values: [from.conversationId, from.headId, to, ids],
  };
}

/** Counts the messages of the branch that ends with a message. */
export async function countBranch(
  queryable: Queryable,
  branch: { conversationId: string; headId: string },
): Promise<number> {
  const [row] = await queryable.query<{ messages: number }>({
    name: 'count_branch',
    text: `${BRANCH} select count(*)::integer as messages from branch`,
    values: [branch.conversationId, branch.headId],
  });
  return row?.messages ?? 0;
}

/** Lists the messages of all branches, oldest first. A question and its answer can have the same time. */
export async function listAllMessages(
  queryable: Queryable,
  conversationId: string,
  limit: number,
): Promise<MessageRow[]> {
  return queryable.query<MessageRow>({
    name: 'list_all_messages',
    text: `select ${COLUMNS} from chat_messages m where m.session_id = $1
      order by m.created_at, m.role = 'assistant', m.id limit $2`,
    values: [conversationId, limit],
  });
}
