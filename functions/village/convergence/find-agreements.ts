import type { PairRow } from '../sql/pair.ts';
import { clusterAgreements } from './cluster.ts';

/** Statements that agree, by their ids. */
export interface AgreementOfIds {
  /** Most central first: by the sum of similarities to the others. */
  statements: string[];
  agents: string[];
  pairs: PairRow[];
  lowest: number;
  since: string;
}

interface MatrixCell {
  one: string;
  other: string;
  agreements: number;
  tensions: number;
}

export interface PairsByKind {
  /** Those of most agents first. */
  agreements: AgreementOfIds[];
  tensions: PairRow[];
  near: PairRow[];
  matrix: MatrixCell[];
}

export interface AgreementSearch {
  threshold: number;
  /**
   * Whether the reader chose the threshold; then it holds for all pairs. Otherwise a pair that a model judged counts
   * whatever its similarity.
   */
  isThresholdChosen: boolean;
  /** Returns what this agent takes part in; undefined: all. */
  agent?: string | undefined;
}

/** Sorts pairs into agreements, tensions and near ones. */
export function findAgreements(
  pairs: readonly PairRow[],
  { threshold, isThresholdChosen, agent }: AgreementSearch,
): PairsByKind {
  const isSure = (pair: PairRow) => !isThresholdChosen && pair.judged_by === 'model';
  const counts = (pair: PairRow) => isSure(pair) || pair.similarity >= threshold;
  const links = pairs.map((pair) =>
    isSure(pair) ? { ...pair, similarity: Math.max(pair.similarity, threshold) } : pair,
  );
  const groups = clusterAgreements(links, threshold);
  const groupOf = new Map(groups.flatMap((members, at) => members.map((id) => [id, at] as const)));
  const pairsOf = groups.map((): PairRow[] => []);
  for (const pair of pairs) {
    const at = groupOf.get(pair.one);
    if (at !== undefined && at === groupOf.get(pair.other) && pair.relation === 'agree') pairsOf[at]?.push(pair);
  }
  const agreements = groups
    .map((members, at) => toAgreement(members, pairsOf[at] ?? [], counts))
    .filter(({ agents }) => agent === undefined || agents.includes(agent))
    .sort(
      (one, other) =>
        other.agents.length - one.agents.length ||
        other.statements.length - one.statements.length ||
        other.lowest - one.lowest,
    );
  const own = pairs.filter((pair) => agent === undefined || pair.one_agent === agent || pair.other_agent === agent);
  const tensions = own.filter((pair) => pair.relation === 'deny' && counts(pair));
  return {
    agreements,
    tensions,
    near: own.filter((pair) => !counts(pair)),
    matrix: matrixOf(agreements, tensions),
  };
}

function toAgreement(members: string[], pairs: PairRow[], counts: (pair: PairRow) => boolean): AgreementOfIds {
  const weight = new Map(members.map((id) => [id, 0]));
  const agents = new Set<string>();
  for (const { one, other, one_agent: oneAgent, other_agent: otherAgent, similarity } of pairs) {
    weight.set(one, (weight.get(one) ?? 0) + similarity);
    weight.set(other, (weight.get(other) ?? 0) + similarity);
    agents.add(oneAgent).add(otherAgent);
  }
  const counted = pairs.filter(counts);
  return {
    statements: members.toSorted(
      (one, other) => (weight.get(other) ?? 0) - (weight.get(one) ?? 0) || (one < other ? -1 : 1),
    ),
    agents: [...agents],
    pairs: counted,
    lowest: counted.reduce((lowest, { similarity }) => Math.min(lowest, similarity), 1),
    since: counted.reduce((first, { said_at: at }) => (first === '' || at < first ? at : first), ''),
  };
}

function matrixOf(agreements: readonly AgreementOfIds[], tensions: readonly PairRow[]): MatrixCell[] {
  const cells = new Map<string, MatrixCell>();
  const cellOf = (first: string, second: string) => {
    const [one = '', other = ''] = [first, second].sort();
    const cell = cells.get(`${one} ${other}`) ?? { one, other, agreements: 0, tensions: 0 };
    cells.set(`${one} ${other}`, cell);
    return cell;
  };
  for (const { agents } of agreements) {
    for (const [at, one] of agents.entries())
      for (const other of agents.slice(at + 1)) cellOf(one, other).agreements += 1;
  }
  for (const { one_agent: one, other_agent: other } of tensions) cellOf(one, other).tensions += 1;
  return [...cells.values()].sort((first, second) => (first.one + first.other < second.one + second.other ? -1 : 1));
}
