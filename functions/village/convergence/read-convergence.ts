import { findMemoryModel } from '../../identity/choose-model.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { calibrationOf } from '../../platform/language/claims/calibrations.ts';
import { readForComparison } from '../../platform/language/claims/relate.ts';
import { openEmbedder } from '../../platform/models/embedding/open-embedder.ts';
import { countUnlinked } from '../sql/link.ts';
import { listPairs, listSpeakingAgents, type PairFilter, type PairRow } from '../sql/pair.ts';
import { listStatementsByIds } from '../sql/statement.ts';
import type { Statement } from '../statement.ts';
import type { Agreement, Convergence } from './convergence.ts';
import { type AgreementOfIds, findAgreements } from './find-agreements.ts';
import { topicOf } from './topic-of.ts';

/** So many agreements, tensions and near pairs are returned; the counts tell how many there are. */
const MOST_SHOWN = 50;

interface Wanted {
  filter: PairFilter;
  /** Only what this agent takes part in. */
  agent: string | undefined;
  /** Undefined: as measured for the embedder. */
  threshold: number | undefined;
  floor: number | undefined;
}

/**
 * Returns where the agents of the village agree and disagree, in what the queryable's user sees.
 * @throws Problem 422 for a floor above the threshold
 */
export async function readConvergence(queryable: Queryable, wanted: Wanted): Promise<Convergence> {
  const { filter, agent } = wanted;
  const { name: embedder } = await openEmbedder();
  const scale = calibrationOf(embedder);
  const threshold = wanted.threshold ?? scale.threshold;
  const isThresholdChosen = wanted.threshold !== undefined;
  refuseFloor(wanted.floor, threshold);
  const floor = wanted.floor ?? Math.min(scale.floor, threshold);
  const [choice, agents, pairs, pending] = await Promise.all([
    findMemoryModel(queryable),
    listSpeakingAgents(queryable, filter),
    listPairs(queryable, filter, { embedder, floor, andJudged: !isThresholdChosen }),
    countUnlinked(queryable),
  ]);
  const found = findAgreements(pairs, { threshold, isThresholdChosen, agent });
  const [agreements, tensions] = [found.agreements.slice(0, MOST_SHOWN), found.tensions.slice(0, MOST_SHOWN)];
  const ids = [
    ...agreements.flatMap(({ statements }) => statements),
    ...tensions.flatMap(({ one, other }) => [one, other]),
  ];
  const shown = new Map((await listStatementsByIds(queryable, [...new Set(ids)])).map((row) => [row.id, row]));
  return {
    threshold,
    floor,
    method: { embedding_model: embedder, judged_by: choice.provider === 'rehearsal' ? 'rules' : 'model' },
    agreements: agreements.flatMap((agreement) => toAgreement(agreement, shown) ?? []),
    tensions: tensions.flatMap((pair) => toTension(pair, shown) ?? []),
    near: found.near.slice(0, MOST_SHOWN).map(({ one, other, similarity }) => ({ one, other, similarity })),
    matrix: found.matrix,
    agents: agents.map(({ statements: _, ...agent }) => agent),
    counts: {
      agreements: found.agreements.length,
      tensions: found.tensions.length,
      agents: agents.length,
      statements: agents.reduce((sum, { statements }) => sum + statements, 0),
    },
    pending,
  };
}

function refuseFloor(floor: number | undefined, threshold: number): void {
  if (floor === undefined || floor <= threshold) return;
  const message = `must not be above the threshold, which is ${threshold}: near pairs are those below it`;
  throw new Problem('invalid-request', `floor ${message}.`, { errors: [{ path: 'query.floor', message }] });
}

/** Undefined when its statements have been deleted since the pairs were read. */
function toAgreement(
  { statements: ids, pairs, lowest, since }: AgreementOfIds,
  shown: ReadonlyMap<string, Statement>,
): Agreement | undefined {
  const statements = ids.flatMap((id) => shown.get(id) ?? []);
  const agents = new Map(statements.map(({ agent: { id, name } }) => [id, { id, name }]));
  const oldestFirst = statements.toSorted((one, other) => (one.created_at < other.created_at ? -1 : 1));
  const [earliest] = oldestFirst;
  if (earliest === undefined || agents.size < 2) return undefined;
  return {
    id: earliest.id,
    kind: agents.size > 2 ? 'consensus' : 'harmony',
    topic: topicOf(oldestFirst.map(({ content }) => content)),
    agents: [...agents.values()],
    statements,
    pairs: pairs.map(({ one, other, similarity, judged_by, reason }) => ({
      one,
      other,
      similarity,
      judged_by,
      reason,
    })),
    lowest,
    since,
  };
}

/** The statement with more negations denies the other; of two alike the later one. */
function toTension(pair: PairRow, shown: ReadonlyMap<string, Statement>) {
  const [one, other] = [shown.get(pair.one), shown.get(pair.other)];
  if (one === undefined || other === undefined) return undefined;
  const [earlier, later] = one.created_at <= other.created_at ? [one, other] : [other, one];
  const [says, denies] = negationsIn(earlier) > negationsIn(later) ? [later, earlier] : [earlier, later];
  const { similarity, reason, judged_by, said_at: since } = pair;
  return { id: `${says.id}.${denies.id}`, says, denies, similarity, reason, judged_by, since };
}

function negationsIn({ content }: Statement): number {
  return readForComparison(content).whole.negations.length;
}
