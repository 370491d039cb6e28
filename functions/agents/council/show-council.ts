import type { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { hasEnded } from '../../runs/run.ts';
import type { CouncilRow, RoundRow } from '../sql/council.ts';
import type { Council, HeldRound, Outcome } from './council.ts';
import { requireCouncil } from './find-council.ts';
import { memberNode } from './rounds.ts';
import { dissentIn, groupByPosition, type Standing, standingOf } from './tally.ts';

/** Returns a council as the API shows it. @throws Problem 404 */
export async function showCouncil(queryable: Queryable, id: string): Promise<z.input<typeof Council>> {
  const row = await requireCouncil(queryable, id);
  const { run_status, held, stances: _stances, interjections, nodes: _nodes, ...summary } = row;
  const next: RoundRow[] = interjections.some(({ round }) => round > row.round) ? [roundToCome(row.round + 1)] : [];
  return {
    ...summary,
    held: [...held, ...next].map((round) => showRound(row, round)),
    outcome: hasEnded(run_status) ? outcomeOf(row) : null,
  };
}

/** A round to which people have spoken and that has not begun. */
function roundToCome(round: number): RoundRow {
  return {
    round,
    positions: null,
    score: null,
    agreements: [],
    disagreements: [],
    minority_report: null,
    summary: null,
  };
}

function showRound(council: CouncilRow, held: RoundRow): HeldRound {
  const { round } = held;
  // Nobody closes the round of a vote.
  const counted = council.ended_by === 'vote' ? standingAfter(council, round) : undefined;
  return {
    ...held,
    score: counted?.score ?? held.score,
    positions: counted?.positions ?? held.positions ?? [],
    interjections: council.interjections.flatMap(({ round: taken, ...shown }) => (taken === round ? [shown] : [])),
    stances: round > council.round ? [] : council.agents.map(({ name }) => showStance(council, round, name)),
  };
}

function showStance(council: CouncilRow, round: number, agent: string): HeldRound['stances'][number] {
  const name = memberNode(round, agent);
  const node = council.nodes.find((candidate) => candidate.name === name);
  const stance = council.stances.find((candidate) => candidate.round === round && candidate.agent === agent);
  const from = stance?.changed_from ?? null;
  return {
    agent,
    status: node?.status ?? 'pending',
    position: stance?.position ?? null,
    option: council.options === null ? null : (stance?.position ?? null),
    statement: stance?.statement ?? null,
    confidence: stance?.confidence ?? null,
    reasons: stance?.reasons ?? [],
    would_change: stance?.would_change ?? null,
    change: from === null ? null : { from, reason: stance?.changed_because ?? '' },
    error: node?.error ?? null,
    cost_usd: node?.cost_usd ?? '0',
    node_id: name,
  };
}

/**
 * Returns what came of a council that has ended: the last round that the chair closed, else the count of the stances,
 * as of a vote or a council that was stopped in its first round. Who dissents is told also when the chair left it out.
 * Null when nobody gave a stance.
 */
function outcomeOf(council: CouncilRow): Outcome | null {
  const closed = council.held.findLast(({ positions }) => positions !== null);
  const standing =
    closed === undefined
      ? standingAfter(council, council.round)
      : standingOf(closed.positions ?? [], council.agents.length);
  if (standing.positions.length === 0) return null;
  const members = council.agents.length;
  return {
    winner: standing.isTie ? null : (standing.positions[0]?.label ?? null),
    is_tie: standing.isTie,
    votes: standing.positions.map(({ label, agents }) => ({
      position: label,
      agents,
      share: agents.length / members,
    })),
    agreements: closed?.agreements ?? [],
    disagreements: closed?.disagreements ?? [],
    minority_report: closed?.minority_report ?? dissentIn(standing),
    summary: closed?.summary ?? tell(standing, members),
  };
}

function standingAfter({ stances, agents }: CouncilRow, round: number): Standing {
  return standingOf(groupByPosition(stances.filter((stance) => stance.round === round)), agents.length);
}

/** Says in words how the members have voted. */
function tell({ positions, isTie }: Standing, members: number): string {
  const counts = positions.map(({ label, agents }) => `${agents.length} of ${members} for “${label}”`).join(', ');
  return isTie ? `A tie: ${counts}.` : `${counts}.`;
}
