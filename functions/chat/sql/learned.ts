import { claimStatements } from '../../platform/database/claim.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import type { Learned } from '../memory/learned.ts';

/** An answer with the message that it answers. */
export interface Exchange {
  /** The id of the answer. */
  id: string;
  user_id: string;
  session_id: string;
  /** When the message was sent; relative dates in it count from this time. */
  said_at: string;
  is_answering: boolean;
  /** What the person said; null when it was learned with another answer to the same message. */
  said: string | null;
  /** The whole answer; null when it was stopped or failed. */
  answer: string | null;
  /** The model that answered; null when its run is gone. */
  provider: string | null;
  model: string | null;
}

/** Returns the answer of a run and the message before it; undefined when there is none. */
export async function findExchange(queryable: Queryable, runId: string): Promise<Exchange | undefined> {
  const [row] = await queryable.query<Exchange>({
    name: 'find_chat_exchange',
    text: `select a.id, a.user_id, a.session_id, q.created_at as said_at, n.provider, n.model,
        a.status = 'answering' as is_answering, case when a.status = 'complete' then a.content end as answer,
        case when not exists (select from chat_messages o join chat_learning l on l.id = o.id
          where o.tenant_id = a.tenant_id and o.parent_id = a.parent_id and o.id <> a.id) then q.content end as said
      from chat_messages a
      join chat_messages q on q.tenant_id = a.tenant_id and q.id = a.parent_id and q.role = 'user'
      left join lateral (select n.provider, n.model from run_nodes n where n.tenant_id = a.tenant_id and n.run_id = a.run_id
        order by n.position limit 1) n on true
      where a.tenant_id = current_tenant_id() and a.run_id = $1`,
    values: [runId],
  });
  return row;
}

/** Records that an answer of the current user is to be learned from. Idempotent. */
export async function insertLearning(queryable: Queryable, messageId: string): Promise<void> {
  await queryable.query({
    name: 'insert_chat_learning',
    text: `insert into chat_learning (id, tenant_id, user_id)
      select m.id, m.tenant_id, m.user_id from chat_messages m
      where m.tenant_id = current_tenant_id() and m.user_id = current_user_id() and m.id = $1
      on conflict (id) do nothing`,
    values: [messageId],
  });
}

export const learningClaims = claimStatements<{ id: string; attempts: number }>({
  name: 'chat_learning',
  waiting: 'pending',
  columns: 'id, attempts',
  owner: 'user',
  hasUpdatedAt: false,
});

/** Ends the work on an answer. Returns false when a newer claim has it. `fault`: why rules took the model's place. */
export async function updateLearningEnded(
  queryable: Queryable,
  claim: { id: string; attempts: number },
  fault: string | undefined,
): Promise<boolean> {
  const updated = await queryable.query({
    name: 'update_chat_learning_ended',
    text: `update chat_learning set status = 'learned', lease_until = null, error = $3
      where tenant_id = current_tenant_id() and id = $1 and status = 'pending' and attempts = $2 returning id`,
    values: [claim.id, claim.attempts, fault],
  });
  return updated.length > 0;
}

export type NewLearned = Pick<Learned, 'text' | 'category' | 'origin'>;

/**
 * Proposes facts under an answer, in the transaction that ends the work on it. What the user has declined before, or
 * has not decided yet, is not proposed again.
 */
export async function insertLearned(
  queryable: Queryable,
  { messageId, runId }: { messageId: string; runId: string },
  learned: readonly NewLearned[],
): Promise<number> {
  if (learned.length === 0) return 0;
  const rows = learned.map(({ text, category, origin }, position) => ({
    id: createId('lrn'),
    position,
    text,
    category,
    origin,
  }));
  const inserted = await queryable.query({
    name: 'insert_chat_learned',
    text: `insert into chat_learned (id, tenant_id, user_id, message_id, run_id, position, text, category, origin)
      select r.id, current_tenant_id(), current_user_id(), $1, $2, r.position, r.text, r.category, r.origin
      from jsonb_to_recordset($3::jsonb) as r (id text, position integer, text text, category text, origin text)
      where not exists (select from chat_learned l where l.tenant_id = current_tenant_id() and l.user_id = current_user_id()
        and md5(lower(l.text)) = md5(lower(r.text)) and l.status <> 'kept') returning id`,
    values: [messageId, runId, JSON.stringify(rows)],
  });
  return inserted.length;
}

const COLUMNS = 'l.id, l.message_id, l.text, l.category, l.origin, l.status, l.memory_id, l.decided_at, l.created_at';

/**
 * Returns what was proposed under messages of the current user, by the message's id. What was kept is shown while its
 * fact exists, so that an erased or reverted fact is gone here, too.
 */
export async function listLearned(
  queryable: Queryable,
  messageIds: readonly string[],
): Promise<Map<string, Learned[]>> {
  const learned = new Map<string, Learned[]>();
  if (messageIds.length === 0) return learned;
  const rows = await queryable.query<Learned>({
    name: 'list_chat_learned',
    text: `select ${COLUMNS} from chat_learned l
      where l.tenant_id = current_tenant_id() and l.user_id = current_user_id() and l.message_id = any ($1)
        and (l.status <> 'kept' or exists (select from memories m where m.tenant_id = l.tenant_id and m.id = l.memory_id))
      order by l.message_id, l.position`,
    values: [messageIds],
  });
  for (const row of rows) learned.set(row.message_id, [...(learned.get(row.message_id) ?? []), row]);
  return learned;
}

/** A proposal, with where and when it was said. */
export type LearnedRow = Learned & { session_id: string; run_id: string; said_at: string };

/** Returns a proposal of the current user. */
export async function findLearned(queryable: Queryable, id: string): Promise<LearnedRow | undefined> {
  const [row] = await queryable.query<LearnedRow>({
    name: 'find_chat_learned',
    text: `select ${COLUMNS}, a.session_id, l.run_id, coalesce(q.created_at, a.created_at) as said_at
      from chat_learned l join chat_messages a on a.tenant_id = l.tenant_id and a.id = l.message_id
      left join chat_messages q on q.tenant_id = a.tenant_id and q.id = a.parent_id
      where l.tenant_id = current_tenant_id() and l.user_id = current_user_id() and l.id = $1`,
    values: [id],
  });
  return row;
}

/** Decides a proposal that waits. Undefined when it was decided before. `text` is what the user made of it. */
export async function updateLearnedDecided(
  queryable: Queryable,
  id: string,
  { status, text }: { status: 'kept' | 'declined'; text?: string | undefined },
): Promise<Learned | undefined> {
  const [row] = await queryable.query<Learned>({
    name: 'update_chat_learned_decided',
    text: `update chat_learned l set status = $2, decided_at = now(), text = coalesce($3, l.text)
      where l.tenant_id = current_tenant_id() and l.user_id = current_user_id() and l.id = $1 and l.status = 'proposed'
      returning ${COLUMNS}`,
    values: [id, status, text],
  });
  return row;
}

/** Records which fact a kept proposal became. */
export async function updateLearnedFact(queryable: Queryable, id: string, memoryId: string): Promise<void> {
  await queryable.query({
    name: 'update_chat_learned_fact',
    text: `update chat_learned set memory_id = $2
      where tenant_id = current_tenant_id() and user_id = current_user_id() and id = $1`,
    values: [id, memoryId],
  });
}
