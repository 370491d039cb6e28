import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { DELTA_CHANNEL, type Delta } from '../events/event.ts';
import type { ClaimedNode } from './claim.ts';

/** Sends a delta to the readers of the run. */
export function notifyDelta(delta: Delta): Statement {
  return { name: 'notify_delta', text: 'select pg_notify($1, $2)', values: [DELTA_CHANNEL, JSON.stringify(delta)] };
}

/** What stays of a kept text: all of it, or the part before the delta. Nothing of another turn or claim. */
const keptOf = (column: string, isCut: string) =>
  `case when p.turn <> $4 or p.fence <> $3 then '' when ${isCut} then left(p.${column}, $5) else p.${column} end`;

/**
 * Sends a delta and keeps it, so that the kept text is exactly what the readers have. Nothing is kept for a claim that
 * was lost.
 */
export function keepDelta(node: ClaimedNode, delta: Delta): Statement {
  const { turn, kind, at, text } = delta;
  const isText = kind === 'text';
  return {
    name: 'keep_delta',
    text: `with claimed as (
        select n.id from run_nodes n where n.id = $2 and n.fence = $3 and n.status = 'running'),
      kept as (
        insert into partial_turns as p (tenant_id, run_id, node_id, turn, fence, text, thinking)
        select current_tenant_id(), $1, c.id, $4, $3, $6, $7 from claimed c
        on conflict (tenant_id, run_id) do update set node_id = excluded.node_id, turn = excluded.turn, fence = excluded.fence,
          text = ${keptOf('text', '$8')} || excluded.text, thinking = ${keptOf('thinking', 'not $8')} || excluded.thinking
        where p.fence <= $3)
      select pg_notify($9, $10) from claimed`,
    values: [
      node.run_id,
      node.id,
      node.fence,
      turn,
      at,
      isText ? text : '',
      isText ? '' : text,
      isText,
      DELTA_CHANNEL,
      JSON.stringify(delta),
    ],
  };
}

/** The text of the turn that is being written, as far as it was published. */
export interface PartialTurn {
  turn: number;
  text: string;
  thinking: string;
}

/** Returns the text so far of the turn that a run is writing, or undefined when it has published none. */
export async function findPartialTurn(queryable: Queryable, runId: string): Promise<PartialTurn | undefined> {
  const [row] = await queryable.query<PartialTurn>({
    name: 'find_partial_turn',
    text: `select p.turn, p.text, p.thinking from partial_turns p join run_nodes n on n.id = p.node_id and n.turn = p.turn
      where p.tenant_id = current_tenant_id() and p.run_id = $1`,
    values: [runId],
  });
  return row;
}
