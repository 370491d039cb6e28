import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { TakeTurn } from '../run.ts';

export interface MessageRow {
  id: number;
  from_worker: string;
  content: string;
  created_at: string;
}

/** Inserts a message, once per tool call (`sentBy`). */
export function insertMessage(message: {
  runId: string;
  from: string;
  to: string;
  content: string;
  sentBy: string;
}): Statement {
  return {
    name: 'insert_message',
    text: `insert into run_messages (tenant_id, run_id, from_worker, to_worker, content, sent_by)
      values (current_tenant_id(), $1, $2, $3, $4, $5) on conflict (run_id, sent_by) do nothing`,
    values: [message.runId, message.from, message.to, message.content, message.sentBy],
  };
}

/** Lists messages that were not delivered to a worker yet, oldest first. */
export async function listUndeliveredMessages(
  queryable: Queryable,
  runId: string,
  worker: string,
): Promise<MessageRow[]> {
  return queryable.query<MessageRow>({
    name: 'list_undelivered_messages',
    text: `select id, from_worker, content, created_at from run_messages
      where run_id = $1 and to_worker = $2 and delivered_at is null order by id limit 200`,
    values: [runId, worker],
  });
}

/** Marks messages as delivered, in the transaction that records the prompt or result that contains them. */
export function updateMessagesDelivered(ids: readonly number[]): Statement {
  return {
    name: 'update_messages_delivered',
    text: 'update run_messages set delivered_at = clock_timestamp() where id = any ($1) and delivered_at is null',
    values: [ids],
  };
}

/** Lists the workers that have got a message. */
export async function listAddressees(queryable: Queryable, runId: string): Promise<string[]> {
  const rows = await queryable.query<{ to_worker: string }>({
    name: 'list_addressees',
    text: 'select distinct to_worker from run_messages where run_id = $1',
    values: [runId],
  });
  return rows.map((row) => row.to_worker);
}

/** Whether a node waits for a message. A node with a wake-up time and no such call waits for something else. */
const waitsForMessage = (node: string) =>
  `exists (select from tool_calls c where c.node_id = ${node}.id and c.status = 'waiting' and c.name = 'read_messages')`;

/**
 * Whether a node `o` can still send a message: it runs, is about to start or waits for a retry, but does not itself
 * wait for a message.
 */
const IS_AT_WORK = `(o.status = 'pending' and o.rung_at is not null or o.status = 'running'
  and (o.wake_at is null or not ${waitsForMessage('o')}))`;

/**
 * Lets a node sleep until a message arrives or the time is over. It continues at once when a message has arrived in the
 * meantime or no other node can send one. Both sides lock the run, so either the sleeper sees the message or the sender
 * sees the sleeper. Returns rows of TurnTask.
 */
export function sleepUntilMessage(
  runId: string,
  { id, name, worker }: { id: string; name: string; worker: string },
  waitSeconds: number,
): Statement {
  return {
    name: 'ring_after_mail',
    text: `select task_name, step, payload, not_before from ring_node($2, $5, $6, case when exists (select from run_messages
        where run_id = $1 and to_worker in ($3, $7) and delivered_at is null)
          or not exists (select from run_nodes o where o.run_id = $1 and o.id <> $2 and ${IS_AT_WORK}) then null else now() + make_interval(secs => $4::float8) end)`,
    values: [runId, id, worker, waitSeconds, TakeTurn.step, TakeTurn.queue, name],
  };
}

/**
 * Enqueues the next turn of a node that waits for a message, by its worker or its name. A node that waits for a retry
 * keeps its wait: its model asked for it, and each early attempt would count. Returns rows of TurnTask; none when no
 * node waits.
 */
export function wakeWaitingWorker(runId: string, addressee: string): Statement {
  return {
    name: 'ring_waiting_worker',
    text: `select r.task_name, r.step, r.payload, r.not_before
      from (select w.id from run_nodes w where w.run_id = $1 and (w.worker = $2 or w.name = $2) and w.status = 'running' and w.wake_at is not null
        and ${waitsForMessage('w')} for update) n
      cross join lateral ring_node(n.id, $3, $4) r`,
    values: [runId, addressee, TakeTurn.step, TakeTurn.queue],
  };
}

/**
 * Enqueues the next turn of nodes that wait for a message although no other node can send one. Called while the run is
 * settled, under its lock. Returns rows of TurnTask.
 */
export function wakeWorkersWithoutSenders(runId: string): Statement {
  return {
    name: 'ring_lonely_workers',
    text: `select r.task_name, r.step, r.payload, r.not_before
      from (select n.id from run_nodes n where n.run_id = $1 and n.status = 'running' and n.wake_at is not null
        and ${waitsForMessage('n')} and not exists (select from run_nodes o where o.run_id = $1 and ${IS_AT_WORK}) for update) n
      cross join lateral ring_node(n.id, $2, $3) r`,
    values: [runId, TakeTurn.step, TakeTurn.queue],
  };
}

/**
 * Starts a worker that was skipped because it had no message, unless the chef has started to sum up. Two statements,
 * because the second must see the update of the first; it returns rows of TurnTask.
 */
export function reviveSkippedWorker(runId: string, worker: string): Statement[] {
  return [
    {
      name: 'revive_skipped_worker',
      text: `update run_nodes n set status = 'pending', completed_at = null
        where n.run_id = $1 and n.worker = $2 and n.status = 'skipped'
          and exists (select from run_nodes s where s.run_id = $1 and s.name = 'summary' and s.status = 'pending' and s.rung_at is null)`,
      values: [runId, worker],
    },
    {
      name: 'ring_revived_worker',
      text: `select r.task_name, r.step, r.payload, r.not_before
        from (select n.id from run_nodes n where n.run_id = $1 and n.worker = $2 and n.status = 'pending' and n.rung_at is null
          and n.name <> 'summary' and exists (select from run_nodes p where p.run_id = $1 and p.name = 'plan' and p.status = 'completed') for update) n
        cross join lateral ring_node(n.id, $3, $4) r`,
      values: [runId, worker, TakeTurn.step, TakeTurn.queue],
    },
  ];
}

/** Whether any other worker of the run can still send this node a message. */
export async function findOthersAtWork(queryable: Queryable, runId: string, nodeId: string): Promise<boolean> {
  const [row] = await queryable.query<{ others: boolean }>({
    name: 'find_others_at_work',
    text: `select exists (select from run_nodes o where o.run_id = $1 and o.id <> $2 and ${IS_AT_WORK}) as others`,
    values: [runId, nodeId],
  });
  return row?.others ?? false;
}
