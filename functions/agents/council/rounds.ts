import type { Statement } from '../../platform/database/batch.ts';
import type { ModelChoice } from '../../platform/models/model.ts';
import type { RunEvent } from '../../runs/events/event.ts';
import { appendEvents } from '../../runs/events/follow-run.ts';
import { appendNodes } from '../../runs/planning/append-nodes.ts';
import { type Graph, type GraphNode, graphNode, graphOf } from '../../runs/planning/graph.ts';
import { ModelText } from '../../runs/run.ts';
import { insertRound } from '../sql/council.ts';
import { type Member, TakeCouncilTurn } from './council.ts';

/**
 * The nodes of a round: `round-2/Skeptic` for each member, then `chair-2`. A member that fails does not stop its round.
 */

const CHAIR = 'chair';

/** What the nodes of a council follow from. */
interface Seated {
  agents: readonly Member[];
  chair_model: string;
  mode: 'deliberation' | 'vote';
}

export function memberNode(round: number, name: string): string {
  return `round-${round}/${name}`;
}

export function chairNode(round: number): string {
  return `${CHAIR}-${round}`;
}

/** Returns the round of a node, and its member; without a member it is the chair. @throws Error for another node */
export function seatOf(node: string): { round: number; agent?: string } {
  const [, member, agent, chair] = /^(?:round-(\d{1,2})\/(.{1,100})|chair-(\d{1,2}))$/s.exec(node) ?? [];
  if (chair !== undefined) return { round: Number(chair) };
  if (agent === undefined) throw new Error(`${node} is no node of a council`);
  return { round: Number(member), agent };
}

/** Returns the graph of the first round. A vote has no chair and is over when all have ended: one answer is enough. */
export function firstGraph(council: Seated): Graph {
  const graph = graphOf(nodesOf(council, 1));
  return council.mode === 'vote' ? { ...graph, completes_with: 'any' } : { ...graph, decides: chairNode(1) };
}

/** Returns the model of a node of a council: that of its member, or of the chair. */
export function modelOfNode(council: Pick<Seated, 'agents' | 'chair_model'>, node: string): ModelChoice {
  const { agent } = seatOf(node);
  if (agent === undefined) return ModelText.parse(council.chair_model);
  const member = council.agents.find(({ name }) => name === agent);
  if (member === undefined) throw new Error(`The council has no member ${agent}`);
  return ModelText.parse(member.model);
}

/** Returns the statements that begin another round, for the transaction that ends the chair of the one before. */
export function beginRound(council: Seated & { id: string; run_id: string }, round: number): Statement[] {
  return [
    insertRound(council.id, round),
    ...appendNodes(council.run_id, nodesOf(council, round), {
      turnStep: TakeCouncilTurn.step,
      choice: (node) => modelOfNode(council, node.name),
      decides: chairNode(round),
    }),
    appendEvents(council.run_id, [roundStarted(round)]),
  ];
}

export function roundStarted(round: number): RunEvent {
  return {
    type: 'council_round_started',
    level: 'info',
    source: 'system',
    message: `Round ${round} begins`,
    data: { round },
  };
}

function nodesOf({ agents, mode }: Seated, round: number): GraphNode[] {
  const before = round === 1 ? [] : [chairNode(round - 1)];
  const members = agents.map(({ name }) => graphNode(memberNode(round, name), 'councillor', before));
  if (mode === 'vote') return members;
  const names = members.map(({ name }) => name);
  return [...members, graphNode(chairNode(round), CHAIR, names, { after: 'finished' })];
}
