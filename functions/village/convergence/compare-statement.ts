import { findMemoryModel } from '../../identity/choose-model.ts';
import type { Database } from '../../platform/database/database.ts';
import { type Calibration, calibrationOf } from '../../platform/language/claims/calibrations.ts';
import { readForComparison, relateByRules } from '../../platform/language/claims/relate.ts';
import { log } from '../../platform/log.ts';
import { ModelError } from '../../platform/models/model.ts';
import { openModel } from '../../platform/models/open-model.ts';
import { OverBudget } from '../../usage/meter.ts';
import type { StatementToLink } from '../sql/link.ts';
import { type Candidate, findCandidates, type NewPair } from '../sql/pair.ts';
import { judgeByModel } from './judge-by-model.ts';

/** A statement is compared with so many of other agents: those with the nearest vectors. */
const NEAREST = 32;
/** Of these so many are shown to the model. */
const MOST_JUDGED = 12;

interface Compared {
  database: Database;
  tenantId: string;
  /** The statement, which has a vector. */
  statement: StatementToLink;
  embedder: string;
  signal: AbortSignal;
}

/**
 * Compares a statement with the nearest statements of other agents, and returns the pairs to store. Pairs that are
 * stored already are left out, so the model is not asked about them again.
 *
 * The tenant's model judges the nearest pairs in one call, at the cost of the statement's user. It is shown only pairs
 * that this user sees, so no other user's private statement. Rules judge all other pairs, and these too without a
 * configured model, when it fails and when the budget does not cover the call.
 * @throws OverBudget when the money is only set aside for other calls; the signal's reason when aborted
 */
export async function compareStatement({
  database,
  tenantId,
  statement,
  embedder,
  signal,
}: Compared): Promise<NewPair[]> {
  const scale = calibrationOf(embedder);
  const found = await findCandidates(database.as({ kind: 'tenant', tenantId }), statement.id, NEAREST);
  const fresh = found.filter(({ is_known: isKnown }) => !isKnown);
  const byRules = relateAll(statement, fresh, scale);
  const judged = await judge({ database, tenantId, statement, embedder, signal }, fresh, scale);
  return byRules.flatMap((pair): NewPair[] => {
    const verdict = judged.get(pair.other_id);
    if (verdict !== undefined) return [{ ...pair, ...verdict, judged_by: 'model' }];
    return pair.relation !== 'unrelated' && pair.similarity >= scale.lowest ? [pair] : [];
  });
}

type Said = Pick<Candidate, 'content' | 'source_kind'>;

function relateAll(statement: Said, candidates: readonly Candidate[], scale: Calibration): NewPair[] {
  const own = readForComparison(claimOf(statement));
  return candidates.map((candidate) => ({
    other_id: candidate.id,
    ...relateByRules(own, readForComparison(claimOf(candidate)), candidate.similarity, scale),
    judged_by: 'rules',
  }));
}

/** What rules compare. The first line of a council's position is the question, in which it claims nothing. */
function claimOf({ content, source_kind: source }: Said): string {
  return source === 'council' ? content.slice(content.indexOf('\n') + 1) : content;
}

type Verdicts = ReadonlyMap<string, Pick<NewPair, 'relation' | 'reason'>>;

/** Returns what the model says of the nearest candidates by id; nothing where rules have to do. */
async function judge(compared: Compared, candidates: readonly Candidate[], scale: Calibration): Promise<Verdicts> {
  const { database, tenantId, statement, signal } = compared;
  const userId = statement.user_id;
  const shown = candidates
    .filter(({ readers, similarity }) => similarity >= scale.candidate && (readers?.includes(userId) ?? true))
    .slice(0, MOST_JUDGED);
  const scoped = database.as({ kind: 'tenant', tenantId, userId });
  const choice = await findMemoryModel(scoped);
  if (shown.length === 0 || choice.provider === 'rehearsal') return new Map();
  try {
    const verdicts = await judgeByModel(
      {
        model: await openModel(choice),
        choice,
        payer: { scoped, tenantId, userId },
        reference: `${statement.id} attempt ${statement.attempts}`,
        signal,
      },
      statement.content,
      shown.map(({ content }) => content),
    );
    return new Map(shown.flatMap(({ id }, at) => (verdicts[at] === undefined ? [] : [[id, verdicts[at]] as const])));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ModelError || error instanceof OverBudget)) throw error;
    if (error instanceof OverBudget && error.isTemporary) throw error;
    log('warning', 'statement compared by rules', {
      tenant_id: tenantId,
      statement_id: statement.id,
      reason: error.message,
    });
    return new Map();
  }
}
