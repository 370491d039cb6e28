import type { Answer, Item } from '../../../api/client.ts';
import { lookOf } from '../../../parts/status.ts';
import { text } from '../../../text/council.ts';

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

export function stanceOf({ stances }: Round, agent: string): Stance | undefined {
  return stances.find((stance) => stance.agent === agent);
}

/** Returns the short name of what a member holds: the group that the chair has put it into, else its own words. */
export function labelOf({ positions }: Round, { agent, position }: Stance): string | undefined {
  return positions.find(({ agents }) => agents.includes(agent))?.label ?? position ?? undefined;
}
