import type { Answer, Item } from '../../../api/client.ts';
import { lookOf } from '../../../parts/status.ts';
import { text } from '../../../text/council.ts';
import { visible } from '../../../text/visible.ts';

/** A council as the API answers it, and what its matrix shows of it. All texts are foreign. Pure. */
export type Council = Answer<'/api/v1/agents/council/{id}', 'get'>;
export type CouncilLine = Item<'/api/v1/agents/council'>;
export type Round = Council['held'][number];
export type Stance = Round['stances'][number];

export function hasEnded({ status }: Pick<Council, 'status'>): boolean {
  return status !== 'running' && status !== 'paused';
}

/** Returns how a council ended in words, such as consensus; its state when it failed or was cut short. */
export function endOf({ status, ended_by: how }: Pick<Council, 'status' | 'ended_by'>): string {
  return how === null ? lookOf(status).word : text.endedBy[how];
}

/** Returns what came of a council that has completed: who won, or that it is a tie; undefined before. */
export function resultOf({ ended_by: how, winner, is_tie: isTie, score }: CouncilLine): string | undefined {
  if (isTie) return score === null ? text.outcome.tie : text.outcome.tieAt(score);
  if (winner === null) return undefined;
  return how === 'rounds' ? text.outcome.ahead(visible(winner)) : text.outcome.won(visible(winner));
}

export function stanceOf({ stances }: Round, agent: string): Stance | undefined {
  return stances.find((stance) => stance.agent === agent);
}

/** Returns the short name of what a member holds: the group that the chair has put it into, else its own words. */
export function labelOf({ positions }: Round, { agent, position }: Stance): string | undefined {
  return positions.find(({ agents }) => agents.includes(agent))?.label ?? position ?? undefined;
}

/** Returns what a member without a stance does, in words; undefined for a state that has the usual word. */
export function doingOf(council: Pick<Council, 'status'>, { status }: Pick<Stance, 'status'>): string | undefined {
  if (status === 'running') return text.matrix.thinking;
  if (status === 'cancelled') return text.matrix.noAnswer;
  if (status !== 'pending') return undefined;
  return council.status === 'paused' ? text.matrix.paused : text.matrix.notAsked;
}

/** Returns what those who have answered wait for in a round under way: the others, or the chair. */
export function waitsFor(
  { status, mode }: Pick<Council, 'status' | 'mode'>,
  round: Round,
): 'others' | 'chair' | undefined {
  if (status !== 'running' || round.score !== null || round.stances.length === 0) return undefined;
  if (round.stances.some((stance) => stance.status === 'pending' || stance.status === 'running')) return 'others';
  return mode === 'vote' ? undefined : 'chair';
}

/** Returns why a council that has ended has no result, and how old what it says is; undefined with a result. */
export function shortcutOf(council: Pick<Council, 'status' | 'round' | 'held' | 'outcome'>): string | undefined {
  const { status, round, held, outcome } = council;
  if (status === 'running' || status === 'paused' || status === 'completed') return undefined;
  const closed = held.findLast(({ score }) => score !== null)?.round;
  const stood = closed === undefined ? text.outcome.stoodIn(round) : text.outcome.stoodAfter(closed);
  return `${text.outcome.cutShort[status](round)} ${outcome === null ? text.outcome.nobody : stood}`;
}
