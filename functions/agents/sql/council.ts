import type { z } from 'zod';
import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { RunStatus } from '../../runs/run.ts';
import type { CouncilLine, CouncilSummary, HeldRound, Position } from '../council/council.ts';

type CouncilSummaryRow = z.input<typeof CouncilSummary>;
/** A row of a list. */
export type CouncilLineRow = z.input<typeof CouncilLine>;

export interface RoundRow {
  round: number;
  positions: Position[] | null;
  score: number | null;
  agreements: string[];
  disagreements: string[];
  minority_report: string | null;
  summary: string | null;
}

export interface StanceRow {
  round: number;
  agent: string;
  position: string;
  statement: string;
  confidence: number;
  reasons: string[];
  would_change: string;
  changed_from: string | null;
  changed_because: string | null;
}

type NodeOfCouncil = Pick<HeldRound['stances'][number], 'status' | 'error' | 'cost_usd'> & { name: string };

/** A council with all that was said. */
export interface CouncilRow extends CouncilSummaryRow {
  run_status: RunStatus;
  held: RoundRow[];
  stances: StanceRow[];
  interjections: (HeldRound['interjections'][number] & { round: number })[];
  nodes: NodeOfCouncil[];
}

/** `c` is a council, `s` its run, `r` its newest round. */
const SUMMARY = `c.id, c.run_id, c.question, c.options, c.agents, c.chair_model, c.rounds, c.threshold, c.mode,
  case when s.status in ('completed', 'failed', 'cancelled', 'cost_exceeded') then s.status
    when s.paused_at is not null then 'paused' else 'running' end as status,
  case when s.status = 'cancelled' then 'stopped' when s.status <> 'completed' then null
    when c.mode = 'vote' then 'vote' else r.ends end as ended_by,
  r.round, case when c.mode = 'vote' then v.score else coalesce(r.score, b.score) end as score,
  trim_scale(c.foreseen_usd)::text as foreseen_usd, trim_scale(s.cost)::text as spent_usd,
  trim_scale(s.budget_usd)::text as budget_usd, c.share_in_village, c.thread_id, s.error, c.created_at, s.completed_at`;
/** `b` is the round before the newest one, `v` the largest of the positions at which a council has completed. */
const FROM = `from councils c join sessions s on s.tenant_id = c.tenant_id and s.id = c.run_id
  join lateral (select r.round, r.score, r.ends, r.positions from council_rounds r
    where r.tenant_id = c.tenant_id and r.council_id = c.id order by r.round desc limit 1) r on true
  left join council_rounds b on b.tenant_id = c.tenant_id and b.council_id = c.id and b.round = r.round - 1
  left join lateral (select max(g.held)::float8 / jsonb_array_length(c.agents) as score,
      case when count(*) = 1 then min(g.label) end as winner, count(*) > 1 as is_tie
    from (select p.label, p.held, rank() over (order by p.held desc) as place
      from (select t.position as label, count(*) as held from council_stances t
          where c.mode = 'vote' and t.tenant_id = c.tenant_id and t.council_id = c.id group by t.position
        union all select p ->> 'label', jsonb_array_length(p -> 'agents')
          from jsonb_array_elements(r.positions) p where c.mode <> 'vote') p) g
    where g.place = 1) v on s.status = 'completed'`;

/** Returns the rows of a table of the council as JSON. */
const listOf = (
  table: string,
  row: string,
  order: string,
) => `(select coalesce(jsonb_agg(${row} order by ${order}), '[]')
  from ${table} t where t.tenant_id = c.tenant_id and t.council_id = c.id)`;

const FIND = `select ${SUMMARY}, s.status as run_status,
  ${listOf(
    'council_rounds',
    `jsonb_build_object('round', t.round, 'positions', t.positions, 'score', t.score, 'agreements', t.agreements,
      'disagreements', t.disagreements, 'minority_report', t.minority_report, 'summary', t.summary)`,
    't.round',
  )} as held,
  ${listOf(
    'council_stances',
    `jsonb_build_object('round', t.round, 'agent', t.agent, 'position', t.position, 'statement', t.statement,
      'confidence', t.confidence, 'reasons', t.reasons, 'would_change', t.would_change,
      'changed_from', t.changed_from, 'changed_because', t.changed_because)`,
    `t.round, array_position(array(select a ->> 'name' from jsonb_array_elements(c.agents) a), t.agent)`,
  )} as stances,
  ${listOf(
    'council_interjections',
    `jsonb_build_object('id', t.id, 'round', t.round, 'text', t.text, 'user_id', t.user_id,
      'created_at', to_char(t.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))`,
    't.created_at, t.id',
  )} as interjections,
  (select coalesce(jsonb_agg(jsonb_build_object('name', n.name, 'status', n.status, 'error', n.error,
      'cost_usd', trim_scale(n.cost)::text) order by n.position), '[]')
    from run_nodes n where n.run_id = s.id) as nodes
  ${FROM}`;

/** Returns a council by its id, or undefined. */
export async function findCouncil(queryable: Queryable, id: string): Promise<CouncilRow | undefined> {
  const [row] = await queryable.query<CouncilRow>({
    name: 'find_council',
    text: `${FIND} where c.id = $1`,
    values: [id],
  });
  return row;
}

/** Returns the council of a run. @throws Error when the run has none */
export async function findCouncilOfRun(queryable: Queryable, runId: string): Promise<CouncilRow> {
  const [row] = await queryable.query<CouncilRow>({
    name: 'find_council_of_run',
    text: `${FIND} where c.run_id = $1`,
    values: [runId],
  });
  if (row === undefined) throw new Error(`The run ${runId} is no council`);
  return row;
}

/** Lists a page of the tenant's councils, newest first. */
export async function listCouncils(
  queryable: Queryable,
  filter: { text: string | undefined; runId: string | undefined },
  page: { before: { created_at: string; id: string } | undefined; limit: number },
): Promise<CouncilLineRow[]> {
  return queryable.query<CouncilLineRow>({
    name: 'list_councils',
    text: `select ${SUMMARY}, v.winner, coalesce(v.is_tie, false) as is_tie ${FROM} where c.tenant_id = current_tenant_id()
        and ($1::timestamptz is null or (c.created_at, c.id) < ($1, $2))
        and ($4::text is null or c.run_id = $4) and ($5::text is null or strpos(lower(c.question), lower($5)) > 0)
      order by c.created_at desc, c.id desc limit $3`,
    values: [page.before?.created_at, page.before?.id, page.limit, filter.runId, filter.text],
  });
}

/** Returns what the models of new members and their prices follow from. */
export async function findTenantModels(
  queryable: Queryable,
): Promise<{ worker_config: unknown; prices: unknown } | undefined> {
  const [row] = await queryable.query<{ worker_config: unknown; prices: unknown }>({
    name: 'find_tenant_models',
    text: 'select worker_config, prices from tenants where id = current_tenant_id()',
  });
  return row;
}

/** Inserts a council of the caller with its first round. */
export function insertCouncil(council: {
  id: string;
  runId: string;
  question: string;
  options: readonly string[] | undefined;
  agents: readonly unknown[];
  chairModel: string;
  rounds: number;
  threshold: number;
  mode: string;
  foreseenUsd: string;
  shareInVillage: boolean;
}): Statement {
  return {
    name: 'insert_council',
    text: `insert into councils (id, tenant_id, user_id, run_id, question, options, agents, chair_model, rounds,
        threshold, mode, foreseen_usd, share_in_village)
      values ($1, current_tenant_id(), current_user_id(), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      council.id,
      council.runId,
      council.question,
      council.options,
      JSON.stringify(council.agents),
      council.chairModel,
      council.rounds,
      council.threshold,
      council.mode,
      council.foreseenUsd,
      council.shareInVillage,
    ],
  };
}

export function insertRound(councilId: string, round: number): Statement {
  return {
    name: 'insert_council_round',
    text: 'insert into council_rounds (tenant_id, council_id, round) values (current_tenant_id(), $1, $2)',
    values: [councilId, round],
  };
}

export function insertStance(councilId: string, stance: StanceRow): Statement {
  return {
    name: 'insert_council_stance',
    text: `insert into council_stances (tenant_id, council_id, round, agent, position, statement, confidence, reasons,
        would_change, changed_from, changed_because)
      values (current_tenant_id(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    values: [
      councilId,
      stance.round,
      stance.agent,
      stance.position,
      stance.statement,
      stance.confidence,
      stance.reasons,
      stance.would_change,
      stance.changed_from,
      stance.changed_because,
    ],
  };
}

/** Inserts what the caller says to a round. */
export function insertInterjection(council: { id: string; round: number }, id: string, text: string): Statement {
  return {
    name: 'insert_council_interjection',
    text: `insert into council_interjections (id, tenant_id, council_id, round, user_id, text)
      values ($1, current_tenant_id(), $2, $3, current_user_id(), $4)`,
    values: [id, council.id, council.round, text],
  };
}

/** Closes a round, see `close_council_round.sql`. */
export function closeRound(
  council: { id: string; interjections: number; ends: string | undefined },
  closed: Required<RoundRow>,
): Statement {
  return {
    name: 'close_council_round',
    text: 'select close_council_round($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    values: [
      council.id,
      closed.round,
      council.interjections,
      JSON.stringify(closed.positions),
      closed.score,
      closed.agreements,
      closed.disagreements,
      closed.minority_report,
      closed.summary,
      council.ends,
    ],
  };
}
