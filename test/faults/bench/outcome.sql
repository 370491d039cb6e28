-- The outcome of a run, for oracle.ts. $1: the id of the run.
with nodes as (select * from run_nodes where run_id = $1),
  run as (select * from sessions where id = $1)
select jsonb_build_object(
  'run', (select jsonb_build_object('status', status, 'result', result, 'error', error, 'reserved', trim_scale(reserved)::text, 'outputs', node_outputs)
    from run),
  'nodes', (select jsonb_agg(jsonb_build_object('name', name, 'status', status, 'turn', turn, 'attempts', attempts, 'result', result, 'error', error,
      'reserved', trim_scale(reserved)::text, 'is_leased', lease_until is not null, 'wakes', wake_at is not null) order by position)
    from nodes),
  'turns', (select coalesce(jsonb_agg(jsonb_build_object('node', n.name, 'turn', t.turn, 'text', t.response ->> 'text', 'finish', t.response ->> 'finish_reason',
  'calls', (select jsonb_agg(c ->> 'name') from jsonb_array_elements(t.response -> 'tool_calls') c), 'cost', trim_scale(t.cost)::text)
      order by n.position, t.turn), '[]')
    from model_turns t join nodes n on n.id = t.node_id),
  -- Whether a node reads a message at its start or with a call depends on timing, also without faults. `messages` shows
  -- that it was read once.
  'calls', (select coalesce(jsonb_agg(jsonb_build_object('node', n.name, 'turn', c.turn, 'index', c.call_index, 'name', c.name, 'arguments', c.arguments,
      'status', c.status, 'is_error', c.is_error, 'output', case c.name when 'read_messages' then 'READ'
        else regexp_replace(regexp_replace(c.output, '(run|agent)_[0-9a-z]{26}', 'ID', 'g'), '\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|\+00)?', 'TIME', 'g') end)
      order by n.position, c.turn, c.call_index), '[]')
    from tool_calls c join nodes n on n.id = c.node_id),
  'files', (select coalesce(jsonb_agg(jsonb_build_object('path', path, 'sha256', sha256, 'size', size, 'mode', mode, 'version', version, 'by', updated_by)
      order by path), '[]') from run_files where run_id = $1),
  'messages', (select coalesce(jsonb_agg(jsonb_build_object('from', from_worker, 'to', to_worker, 'content', content, 'is_read', delivered_at is not null)
      order by from_worker, to_worker, content), '[]') from run_messages where run_id = $1),
  'ledger', (select coalesce(jsonb_agg(jsonb_build_object('node', n.name, 'kind', u.kind, 'turn', split_part(u.reference, ':', 2), 'cost', trim_scale(u.cost)::text,
      'input', u.input_tokens, 'output', u.output_tokens) order by n.position, u.id), '[]')
    from (select * from usage_ledger where run_id = $1 and kind = 'turn' order by node_id, split_part(reference, ':', 2)::int) u join nodes n on n.id = u.node_id),
  'memories', (select coalesce(jsonb_agg(jsonb_build_object('text', text, 'scope', scope, 'trust', trust, 'confidence', confidence) order by text), '[]')
    from memories where source_id = $1),
  -- The conversation of an answer: each message once, and each run once that a call of the answer has started.
  'chat', (select coalesce(jsonb_agg(jsonb_build_object('role', m.role, 'status', m.status, 'content', m.content, 'events',
      (select jsonb_agg(e.type order by e.seq) from chat_events e where e.session_id = m.session_id),
      'conversations', (select count(*) from chat_sessions c where c.tenant_id = m.tenant_id),
      'started', (select count(*) from sessions s join nodes n on s.metadata ->> 'started_by_call' like n.id || ':%'))
      order by m.created_at, m.id), '[]')
    from chat_messages m where m.session_id = (select a.session_id from chat_messages a where a.run_id = $1)),
  'events', (select coalesce(jsonb_agg(jsonb_build_object('source', source, 'type', type, 'node', data ->> 'node', 'turn', data ->> 'turn',
      'index', data ->> 'index', 'to', data ->> 'to') order by source, seq), '[]') from run_events where run_id = $1 and type <> 'turn_postponed'),
  'isGapless', (select count(*) = max(seq) and min(seq) = 1 and count(*) = (select event_seq from run) from run_events where run_id = $1),
  -- A repeated call costs money again. The ledger must agree with the cost of the run, and no turn may be booked twice.
  'isBookedOnce', (select coalesce(sum(cost), 0) = (select cost from run) and count(*) filter (where kind = 'turn')
      = (select count(*) from model_turns where run_id = $1) from usage_ledger where run_id = $1)
) as outcome
