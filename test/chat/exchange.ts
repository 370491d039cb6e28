import { createId } from '../../functions/platform/id.ts';
import type { Person } from '../entities/people.ts';
import type { Served } from '../entities/served.ts';

export interface TestExchange {
  chatId: string;
  questionId: string;
  answerId: string;
  runId: string;
}

/** Inserts a conversation with one message and its answer, as the chat writes them when the answer has ended. */
export async function insertExchange(
  served: Served,
  { tenantId, userId }: Person,
  { said = 'Hello?', answer = 'Hello.', status = 'complete' }: { said?: string; answer?: string; status?: string } = {},
): Promise<TestExchange> {
  const ids = {
    chatId: createId('chat'),
    questionId: createId('msg'),
    answerId: createId('msg'),
    runId: createId('run'),
  };
  await served.sql(
    'insert_chat',
    `insert into chat_sessions (id, tenant_id, user_id, target_type, target_id, title) values ($1, $2, $3, 'assistant', '', 'A trip')`,
    [ids.chatId, tenantId, userId],
  );
  await served.sql(
    'insert_messages',
    `insert into chat_messages (id, tenant_id, session_id, user_id, role, content, parent_id, run_id, status)
    values ($1, $2, $3, $4, 'user', $5, null, null, 'complete'), ($6, $2, $3, $4, 'assistant', $7, $1, $8, $9)`,
    [ids.questionId, tenantId, ids.chatId, userId, said, ids.answerId, answer, ids.runId, status],
  );
  return ids;
}

/** Inserts a run that answers, as it is stored, with the prompt of its only node. */
export async function insertRun(
  served: Served,
  { tenantId, userId }: Person,
  {
    runId,
    prompt = '',
    provider = 'rehearsal',
    model = 'script',
    budget = null as string | null,
  }: {
    runId: string;
    prompt?: string;
    provider?: string;
    model?: string;
    budget?: string | null;
  },
): Promise<void> {
  await served.sql(
    'insert_run',
    `insert into sessions (id, tenant_id, user_id, kind, query, status, budget_usd)
    values ($1, $2, $3, 'chat', 'a question', 'completed', $4)`,
    [runId, tenantId, userId, budget],
  );
  await served.sql(
    'insert_node',
    `insert into run_nodes (id, tenant_id, run_id, name, worker, position, prompt, provider, model)
    values ($1, $2, $3, 'answer', 'assistant', 0, $4, $5, $6)`,
    [createId('node'), tenantId, runId, JSON.stringify({ system: '', text: prompt }), provider, model],
  );
}
