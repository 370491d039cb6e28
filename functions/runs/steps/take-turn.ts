import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { toMessages } from '../conversation.ts';
import type { NodeKind } from '../node-kind.ts';
import { requireHandOut } from '../planning/hand-out.ts';
import { TakeTurn } from '../run.ts';
import { takeTurns } from '../take-turns.ts';
import { turnLimitOf } from '../worker.ts';

/**
 * The nodes of a sprint's team and of a planned run. Memory, files and tools are imported when they are used and not at
 * the top: they would make the cold start of the function a third longer.
 */
const WORKER: NodeKind = {
  task: TakeTurn,
  prepare: async (claim) => (await import('../prepare-node.ts')).prepareNode(claim),
  tools: async ({ node, root, database, tenantId }) =>
    (await import('../toolbox.ts')).toolsOfNode(node, { database: root, queryable: database, tenantId }),
  messages: async ({ node }, { prompt, history }) => toMessages(prompt.text, history, turnLimitOf(node)),
  checkAnswer: requireHandOut,
  live: { gatherMs: 200, isKept: false },
};

/** Takes turns of the node of a worker. Idempotent: duplicate, late and concurrent deliveries are no-ops. */
export const takeTurn = step(TakeTurn, {
  memoryMiB: 1024,
  concurrency: 20,
  secrets: [...MODEL_KEYS, 'BRAVE_SEARCH_API_KEY'],
}).handle((delivery) => takeTurns(WORKER, delivery));
