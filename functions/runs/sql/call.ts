import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { ModelTurn } from '../../platform/models/model.ts';
import type { RunStatus } from '../run.ts';

/** Inserts the only turn of a call's node with its prompt, as `record_turn` inserts the answer of a model. */
export function insertRecordedCall(
  runId: string,
  nodeId: string,
  recorded: {
    prompt: { system: string; text: string };
    turn: ModelTurn;
    call: ModelTurn['tool_calls'][number];
  },
): Statement {
  const { prompt, turn, call } = recorded;
  return {
    name: 'insert_recorded_call',
    text: `with node as (
        update run_nodes set prompt = $3, turn = 1 where id = $2 and run_id = $1 and tenant_id = current_tenant_id()
        returning id, tenant_id, run_id, provider, model),
      turn as (
        insert into model_turns (node_id, turn, tenant_id, run_id, provider, model, response, cost, duration_ms)
        select id, 0, tenant_id, run_id, provider, model, $4, 0, 0 from node)
      insert into tool_calls (node_id, turn, call_index, tenant_id, run_id, call_id, name, arguments, status, attempts)
      select id, 0, 0, tenant_id, run_id, $5, $6, $7, 'started', 0 from node`,
    values: [
      runId,
      nodeId,
      JSON.stringify(prompt),
      JSON.stringify(turn),
      call.id,
      call.name,
      JSON.stringify(call.arguments),
    ],
  };
}

export interface CallRow {
  /** The run's. */
  id: string;
  status: RunStatus;
  output: string | null;
  is_error: boolean | null;
  duration_ms: number | null;
  question_id: string | null;
}

/** Returns a run of kind `call` with the result of its call and the question that it waits for, or undefined. */
export async function findCall(queryable: Queryable, runId: string): Promise<CallRow | undefined> {
  const [row] = await queryable.query<CallRow>({
    name: 'find_call',
    text: `select s.id, s.status, c.output,
        case when c.status = 'completed' then c.is_error end as is_error,
        (extract(epoch from c.completed_at - c.started_at) * 1000)::integer as duration_ms,
        (select q.id from run_questions q where q.run_id = s.id and q.status = 'open' order by q.created_at limit 1)
          as question_id
      from sessions s join tool_calls c on c.run_id = s.id
      where s.id = $1 and s.kind = 'call' and s.tenant_id = current_tenant_id()`,
    values: [runId],
  });
  return row;
}
