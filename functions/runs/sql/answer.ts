import type { Queryable } from '../../platform/database/database.ts';
import type { ProviderName } from '../../platform/models/model.ts';
import type { RunStatus } from '../run.ts';
import type { ToolCallRow, TurnRow } from './turn.ts';

/** Reads of whole answers: runs of one node, many at once. */

export interface AnswerRow {
  run_id: string;
  status: RunStatus;
  error: string | null;
  provider: ProviderName;
  model: string;
  tokens: { input: number; output: number; cached: number; total: number };
  cost_usd: string;
}

export type AnswerTurnRow = TurnRow & { run_id: string; turn: number };
export type AnswerCallRow = ToolCallRow & { run_id: string; completed_at: string | null };

/** Lists the states of these runs. */
export async function listAnswers(queryable: Queryable, runIds: readonly string[]): Promise<AnswerRow[]> {
  return queryable.query<AnswerRow>({
    name: 'list_answers',
    text: `select s.id as run_id, s.status, s.error, n.provider, n.model,
        jsonb_build_object('input', s.input_tokens, 'output', s.output_tokens, 'cached', s.cached_tokens,
          'total', s.input_tokens + s.output_tokens) as tokens,
        trim_scale(s.cost)::text as cost_usd
      from sessions s join run_nodes n on n.run_id = s.id and n.position = 1 where s.id = any ($1)`,
    values: [runIds],
  });
}

/** Lists the recorded turns of these runs, in their order. */
export async function listTurnsOfRuns(queryable: Queryable, runIds: readonly string[]): Promise<AnswerTurnRow[]> {
  return queryable.query<AnswerTurnRow>({
    name: 'list_turns_of_runs',
    text: `select run_id, turn, response from model_turns
      where tenant_id = current_tenant_id() and run_id = any ($1) order by run_id, turn`,
    values: [runIds],
  });
}

/** Lists the calls of these runs, in their order. */
export async function listCallsOfRuns(queryable: Queryable, runIds: readonly string[]): Promise<AnswerCallRow[]> {
  return queryable.query<AnswerCallRow>({
    name: 'list_calls_of_runs',
    text: `select run_id, turn, call_index, call_id, name, arguments, status, output, is_error, attempts, started_at,
        completed_at
      from tool_calls where tenant_id = current_tenant_id() and run_id = any ($1) order by run_id, turn, call_index`,
    values: [runIds],
  });
}
