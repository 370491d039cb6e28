import { z } from 'zod';
import { OwnedAgent, Statement, StatementId, VillagerId } from '../statement.ts';
import { JudgedBy } from './pair.ts';

const Share = z.number().min(0).max(1);
const NamedAgent = z.strictObject({ id: VillagerId, name: z.string() });
const PairOfIds = { one: StatementId, other: StatementId, similarity: Share };

/** Statements of two agents (harmony), or of three and more (consensus), that claim the same. */
export const Agreement = z.strictObject({
  id: z.string().meta({ description: 'The id of its earliest statement' }),
  kind: z.enum(['harmony', 'consensus']),
  topic: z.string().meta({ description: 'In the words of the earliest statement' }),
  agents: z.array(NamedAgent),
  statements: z.array(Statement).meta({ description: 'Most central first' }),
  pairs: z.array(z.strictObject({ ...PairOfIds, judged_by: JudgedBy, reason: z.string() })),
  lowest: Share.meta({ description: 'The lowest similarity of its pairs that reach the threshold' }),
  since: z.string().meta({ description: 'When two agents first agreed' }),
});
export type Agreement = z.infer<typeof Agreement>;

/** A claim and what denies it: the statement with more negations, of two alike the later one. */
export const Tension = z.strictObject({
  id: z.string(),
  says: Statement,
  denies: Statement,
  similarity: Share,
  reason: z.string(),
  judged_by: JudgedBy,
  since: z.string(),
});

/** Where the agents of the village agree and disagree, as one reader sees it. */
export const Convergence = z.strictObject({
  threshold: Share,
  floor: Share,
  method: z.strictObject({
    embedding_model: z.string(),
    judged_by: JudgedBy.meta({ description: 'Who compares new statements' }),
  }),
  agreements: z.array(Agreement).meta({ description: 'At most 50, those of most agents first' }),
  tensions: z.array(Tension).meta({ description: 'At most 50, most similar first' }),
  near: z
    .array(z.strictObject(PairOfIds))
    .meta({ description: 'Pairs between floor and threshold; they do not count' }),
  matrix: z.array(z.strictObject({ one: VillagerId, other: VillagerId, agreements: z.int(), tensions: z.int() })),
  agents: z.array(OwnedAgent),
  counts: z.strictObject({ agreements: z.int(), tensions: z.int(), agents: z.int(), statements: z.int() }),
  pending: z.int().meta({ description: 'Statements that are not compared yet' }),
});
export type Convergence = z.infer<typeof Convergence>;
