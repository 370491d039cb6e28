import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { storableJson } from '../../platform/storable.ts';
import type { RunKind } from '../run.ts';

export interface AskedQuestion {
  id: string;
  runId: string;
  nodeId: string;
  turn: number;
  callIndex: number;
  kind: 'question' | 'approval';
  text: string;
  options: readonly string[];
  tool: string;
  arguments: Record<string, unknown>;
  details?: string | undefined;
  fingerprint?: string | undefined;
  daysOpen: number;
}

/** Inserts a question. A node has one open question at a time. */
export function insertQuestion(question: AskedQuestion): Statement {
  return {
    name: 'insert_question',
    text: `insert into run_questions (id, tenant_id, run_id, node_id, turn, call_index, kind, text, options, tool, arguments, details, fingerprint, expires_at)
      values ($1, current_tenant_id(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + make_interval(days => $13))
      on conflict (node_id) where status = 'open' do nothing`,
    values: [
      question.id,
      question.runId,
      question.nodeId,
      question.turn,
      question.callIndex,
      question.kind,
      question.text,
      question.options,
      question.tool,
      JSON.stringify(storableJson(question.arguments)),
      question.details,
      question.fingerprint,
      question.daysOpen,
    ],
  };
}

/** A question with its answer, for the call that asked it. */
interface AnsweredQuestion {
  status: 'open' | 'answered' | 'expired' | 'withdrawn';
  kind: 'question' | 'approval';
  answer: string | null;
  approved: boolean | null;
  answered_by: string | null;
  answered_at: string | null;
  fingerprint: string | null;
}

/** Returns the last question of a call: a call asks again when what was approved has changed. */
export async function findQuestionOfCall(
  queryable: Queryable,
  call: { nodeId: string; turn: number; callIndex: number },
): Promise<AnsweredQuestion | undefined> {
  const [row] = await queryable.query<AnsweredQuestion>({
    name: 'find_question_of_call',
    text: `select status, kind, answer, approved, answered_by, answered_at, fingerprint from run_questions
      where node_id = $1 and turn = $2 and call_index = $3 order by created_at desc, id desc limit 1`,
    values: [call.nodeId, call.turn, call.callIndex],
  });
  return row;
}

/** Returns any question of a node, or undefined when it has never asked. */
export async function findQuestionOfNode(queryable: Queryable, nodeId: string): Promise<{ id: string } | undefined> {
  const [row] = await queryable.query<{ id: string }>({
    name: 'find_question_of_node',
    text: 'select id from run_questions where node_id = $1 limit 1',
    values: [nodeId],
  });
  return row;
}

export interface AskedInRun {
  id: string;
  node_id: string;
  node_name: string;
  kind: 'question' | 'approval';
  fingerprint: string | null;
  /** An open question that is over its time is `expired`, whether or not the timer has seen it. */
  status: 'open' | 'answered' | 'expired' | 'withdrawn';
  answer: string | null;
  approved: boolean | null;
}

/** Lists every question that nodes of the run have asked, oldest first. */
export async function listQuestionsOfRun(queryable: Queryable, runId: string): Promise<AskedInRun[]> {
  return queryable.query<AskedInRun>({
    name: 'list_questions_of_run',
    text: `select q.id, q.node_id, n.name as node_name, q.kind, q.fingerprint, q.answer, q.approved,
        case when q.status = 'open' and q.expires_at <= now() then 'expired' else q.status end as status
      from run_questions q join run_nodes n on n.id = q.node_id where q.run_id = $1 order by q.created_at, q.id`,
    values: [runId],
  });
}

export interface OpenQuestionRow {
  id: string;
  run_id: string;
  run_title: string;
  run_kind: RunKind;
  node_id: string;
  worker: string;
  kind: 'question' | 'approval';
  text: string;
  options: string[];
  tool: string;
  arguments: Record<string, unknown>;
  details: string | null;
  fingerprint: string | null;
  created_at: string;
  expires_at: string;
}

interface QuestionFilter {
  kind: 'question' | 'approval' | undefined;
}

const IS_OPEN = `q.tenant_id = current_tenant_id() and q.status = 'open' and q.expires_at > now() and ($1::text is null or q.kind = $1)`;

/** Lists the open questions of all runs of the tenant, newest first, from after a position. */
export async function listOpenQuestions(
  queryable: Queryable,
  { kind }: QuestionFilter,
  page: { before: { created_at: string; id: string } | undefined; limit: number },
): Promise<OpenQuestionRow[]> {
  return queryable.query<OpenQuestionRow>({
    name: 'list_open_questions',
    text: `select q.id, q.run_id, left(s.query, 200) as run_title, s.kind as run_kind, n.name as node_id, n.worker, q.kind, q.text,
        q.options, q.tool, q.arguments, q.details, q.fingerprint, q.created_at, q.expires_at
      from run_questions q join run_nodes n on n.id = q.node_id join sessions s on s.id = q.run_id
      where ${IS_OPEN} and ($2::timestamptz is null or (q.created_at, q.id) < ($2, $3))
      order by q.created_at desc, q.id desc limit $4`,
    values: [kind, page.before?.created_at, page.before?.id, page.limit],
  });
}

/** Counts the open questions of all runs of the tenant. */
export async function countOpenQuestions(queryable: Queryable, { kind }: QuestionFilter): Promise<number> {
  const [row] = await queryable.query<{ count: number }>({
    name: 'count_open_questions',
    text: `select count(*)::integer as count from run_questions q where ${IS_OPEN}`,
    values: [kind],
  });
  return row?.count ?? 0;
}

/** Stores the answer. Returns no row when the question is not open any more. */
export function updateQuestionAnswered(
  id: string,
  answer: { text: string; approved: boolean | undefined; by: string },
): Statement {
  return {
    name: 'update_question_answered',
    text: `update run_questions set status = 'answered', answer = $2, approved = $3, answered_by = $4, answered_at = clock_timestamp()
      where id = $1 and status = 'open' returning id`,
    values: [id, answer.text, answer.approved, answer.by],
  };
}

/** Expires a question that was not answered in time. Returns no row when it is not open any more. */
export function updateQuestionExpired(id: string): Statement {
  return {
    name: 'update_question_expired',
    text: `update run_questions set status = 'expired' where id = $1 and status = 'open' and expires_at < now() returning node_id`,
    values: [id],
  };
}

/** Withdraws the open questions of a run that ends. */
export function updateQuestionsWithdrawn(runId: string): Statement {
  return {
    name: 'update_questions_withdrawn',
    text: `update run_questions set status = 'withdrawn' where run_id = $1 and status = 'open'`,
    values: [runId],
  };
}

export interface ExpiredQuestion {
  tenant_id: string;
  run_id: string;
  question_id: string;
}

/**
 * Lists questions of all tenants that were not answered in time, with the definer function `list_expired_questions`.
 */
export async function listExpiredQuestions(system: Queryable, limit: number): Promise<ExpiredQuestion[]> {
  return system.query<ExpiredQuestion>({
    name: 'list_expired_questions',
    text: 'select tenant_id, run_id, question_id from list_expired_questions($1)',
    values: [limit],
  });
}
