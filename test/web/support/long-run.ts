import { ownerTransaction, statementOf } from '../../support/owner.ts';

/**
 * Makes the log of an ended run `events` long, with turns, calls and messages of its nodes, one event each 100 ms. The
 * run does not look ended any more: a node waits for a person, so no timer of the engine touches it and a page of it
 * follows its stream. Needs the database for itself: stop the server before, when the database is the embedded one.
 */
export async function growRun(runId: string, events: number): Promise<void> {
  await ownerTransaction(async (transaction) => {
    const run = (text: string, values: unknown[]) => transaction.query(statementOf(text, values));
    await run(`delete from run_events where run_id = $1 and type like 'run_%' and type <> 'run_started'`, [runId]);
    await run(ADD_EVENTS, [runId, events]);
    await run(
      `update sessions set status = 'waiting_input', completed_at = null, result = null, event_seq = $2::integer,
         started_at = now() - $2::integer * interval '100 ms', created_at = now() - $2::integer * interval '100 ms' where id = $1`,
      [runId, events],
    );
    await run(
      `update run_nodes set status = 'waiting_input', completed_at = null, result = null where run_id = $1
         and position = (select max(position) from run_nodes where run_id = $1)`,
      [runId],
    );
    await run(ADD_QUESTION, [runId]);
  });
}

/** Five events a turn: the turn, a call with its start and end, a message, and a call that reads. */
const ADD_EVENTS = `
  with run as (select id, tenant_id, event_seq from sessions where id = $1),
    nodes as (select array_agg(name order by position) as names, array_agg(worker order by position) as workers
      from run_nodes where run_id = $1),
    moved as (update run_events e set created_at = now() - ($2::integer - e.seq) * interval '100 ms' where run_id = $1),
    numbered as (
      select s.seq, (s.seq % 5)::integer as step, (s.seq / 5)::integer as turn,
        names[1 + (s.seq / 5) % cardinality(names)] as node, workers[1 + (s.seq / 5) % cardinality(names)] as worker
      from nodes, generate_series((select count(*) + 1 from run_events where run_id = $1), $2::integer) as s (seq))
  insert into run_events (run_id, seq, tenant_id, type, level, source, message, data, created_at)
  select run.id, n.seq, run.tenant_id,
    (array['turn_completed', 'tool_started', 'tool_completed', 'message_sent', 'tool_completed'])[n.step + 1],
    case when n.step = 1 then 'debug' when n.seq % 97 = 0 then 'warning' else 'info' end, n.worker,
    case n.step when 0 then 'I look at part ' || n.turn || '. ' || repeat('The handler reads the row and answers. ', 1 + n.turn % 4)
      when 1 then 'write_file backend/part-' || n.turn || '.ts'
      when 2 then 'write_file backend/part-' || n.turn || '.ts'
      when 3 then n.worker || ' wrote to frontend' else 'read_file backend/part-' || n.turn || '.ts' end,
    jsonb_build_object('node', n.node, 'turn', n.turn) || case n.step
      when 0 then jsonb_build_object('cost_usd', '0.00012', 'duration_ms', 900 + n.turn % 700, 'input_tokens', 1200,
        'output_tokens', 90, 'cached_tokens', 0, 'provider', 'rehearsal', 'model', 'scripted-team-1')
      when 3 then jsonb_build_object('to', 'frontend', 'content', 'Part ' || n.turn || ' answers {"value": ' || n.turn || '}.')
      else jsonb_build_object('tool', case when n.step = 4 then 'read_file' else 'write_file' end,
        'index', case when n.step = 4 then 1 else 0 end, 'output', 'ok', 'is_error', false, 'duration_ms', 12) end,
    now() - ($2::integer - n.seq) * interval '100 ms'
  from run, numbered n`;

const ADD_QUESTION = `
  insert into run_questions (id, tenant_id, run_id, node_id, turn, call_index, kind, text, options, tool, arguments,
    expires_at)
  select replace($1, 'run_', 'ques_'), tenant_id, run_id, id, 0, 0, 'question', 'Red or blue?', '{red,blue}',
    'ask_person', '{}', now() + interval '7 days'
  from run_nodes where run_id = $1 order by position desc limit 1`;
