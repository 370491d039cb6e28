import type { Position } from './council.ts';

/** The rules by which stances become positions, a score and an end. Pure. */

/** What a member holds, as far as the rules need it. */
export interface Held {
  agent: string;
  position: string;
  statement: string;
  confidence: number;
}

/** How a round stands. */
export interface Standing {
  /** The largest first. */
  positions: Position[];
  /** The share of all members at the largest position: a member that gave no stance agrees with nobody. */
  score: number;
  /** Several positions are the largest. */
  isTie: boolean;
}

/** Returns the stances grouped by position; case and spaces make no difference. */
export function groupByPosition(stances: readonly Held[]): Position[] {
  const groups = Map.groupBy(stances, ({ position }) => fold(position));
  return [...groups.values()].flatMap((held) => {
    const [surest] = held.toSorted((one, other) => other.confidence - one.confidence);
    const agents = held.map(({ agent }) => agent);
    return surest === undefined ? [] : [{ label: surest.position, statement: surest.statement, agents }];
  });
}

/** Returns whether two positions are the same but for case and spaces. */
export function isSamePosition(one: string, other: string): boolean {
  return fold(one) === fold(other);
}

function fold(text: string): string {
  return text.toLowerCase().split(/\s+/).join(' ').trim();
}

/** Returns how positions stand among this number of members. */
export function standingOf(positions: readonly Position[], members: number): Standing {
  const sorted = positions.toSorted((one, other) => other.agents.length - one.agents.length);
  const most = sorted[0]?.agents.length ?? 0;
  return {
    positions: sorted,
    score: most / members,
    isTie: sorted.filter(({ agents }) => agents.length === most).length > 1,
  };
}

/** Returns what members hold beside the winner, in their words; at a tie what all hold. Null for one position. */
export function dissentIn({ positions, isTie }: Pick<Standing, 'positions' | 'isTie'>): string | null {
  const others = positions.slice(isTie ? 0 : 1);
  const told = others.map(({ label, agents, statement }) => `- “${label}” (${agents.join(', ')}): ${statement}`);
  return told.length === 0 ? null : told.join('\n');
}

/** Returns what is wrong with a chair's grouping: each member with a stance must be in exactly one position. */
export function faultsOfGrouping(positions: readonly Position[], agents: readonly string[]): string[] {
  const placed = positions.flatMap((position) => position.agents);
  const unknown = placed.filter((name) => !agents.includes(name));
  const count = (name: string) => placed.filter((other) => other === name).length;
  return [
    ...agents.filter((name) => count(name) === 0).map((name) => `${name} is in no position`),
    ...agents.filter((name) => count(name) > 1).map((name) => `${name} is in ${count(name)} positions`),
    ...[...new Set(unknown)].map((name) => `${name} gave no stance in this round`),
    ...positions.filter((position) => position.agents.length === 0).map(({ label }) => `nobody holds “${label}”`),
  ];
}

/**
 * Returns how a council ends with a round, or undefined when another round follows. A tie is no consensus. People who
 * spoke to the next round are heard, so with them only the last round is the end.
 */
export function endAfterRound(
  { score, isTie }: Standing,
  council: { round: number; rounds: number; threshold: number; hasInterjections: boolean },
): 'consensus' | 'rounds' | undefined {
  const isLast = council.round >= council.rounds;
  if (isConsensus({ score, isTie }, council.threshold) && (isLast || !council.hasInterjections)) return 'consensus';
  return isLast ? 'rounds' : undefined;
}

export function isConsensus({ score, isTie }: Pick<Standing, 'score' | 'isTie'>, threshold: number): boolean {
  return score >= threshold && !isTie;
}
