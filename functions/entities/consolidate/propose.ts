import { z } from 'zod';
import type { Scoped } from '../../platform/database/database.ts';
import type { PaidModel } from '../ask-model.ts';
import { listStrengths } from '../sql/memory-commit.ts';
import type { ConsolidationRow } from '../sql/memory-consolidation.ts';
import { findNewestPlan, listRecentlyChanged, listUndonePlans } from '../sql/memory-consolidation-step.ts';
import type { HeadRow, RepositoryRow } from '../sql/memory-repository.ts';
import type { Texts } from './apply-operations.ts';
import { Plan, subjectsOf, type Tool, type Unchanged } from './operation.ts';
import { judgeByModel, splitByModel } from './plan-by-model.ts';
import { proposeLinks } from './propose-links.ts';
import { proposeMerges } from './propose-merges.ts';
import { proposeMoves } from './propose-moves.ts';

export interface ProposeInput {
  scoped: Scoped;
  consolidation: ConsolidationRow;
  repository: RepositoryRow;
  head: HeadRow | undefined;
  texts: Texts;
  /** Undefined without a model, then rules decide. */
  model: PaidModel | undefined;
}

/** How many recent sessions the link tool reads. */
const RECENT_SESSIONS = 20;
const MOST_UNDONE = 200;

/**
 * Plans what a tool does to the files. Does not propose what the user has undone, and does not ask again about
 * unchanged files that were examined before.
 */
export async function propose(tool: Tool, question: ProposeInput): Promise<Plan> {
  const { scoped, head, texts, model, repository, consolidation } = question;
  const position = head?.position ?? 0;
  const undone = await listUndonePlans(scoped, tool, MOST_UNDONE);
  const refused = new Set(undone.flatMap(({ plan }) => Plan.parse(plan).operations.flatMap(subjectsOf)));
  if (tool === 'link') {
    const sessions = await listRecentlyChanged(scoped, position, RECENT_SESSIONS);
    return proposeLinks({ texts, refused, sessions: sessions.map(({ paths }) => paths) });
  }
  const left = await unchangedBefore(scoped, tool, model === undefined ? 'rules' : 'model');
  if (tool === 'redistribute') {
    const plan = model && splitByModel(model, repository.ontology);
    return proposeMoves({ texts, softCap: consolidation.soft_cap_tokens, refused, left, plan });
  }
  const rows = await listStrengths(scoped, position);
  const strengths = new Map(rows.map(({ path, strength }) => [path, strength]));
  return proposeMerges({ texts, strengths, refused, left, judge: model && judgeByModel(model) });
}

async function unchangedBefore(scoped: Scoped, tool: Tool, proposer: Plan['proposer']): Promise<Unchanged[]> {
  const newest = await findNewestPlan(scoped, tool, proposer);
  return z.object({ left: Plan.shape.left }).catch({ left: [] }).parse(newest).left;
}
