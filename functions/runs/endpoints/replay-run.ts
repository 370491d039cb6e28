import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { showRun } from '../find-run.ts';
import { replayRun } from '../lifecycle/replay.ts';
import { RunParams } from '../run.ts';
import { BudgetUsd, QueryText, Run, settingFields } from '../run-view.ts';

const Body = z
  .strictObject({
    from_node: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Repeat this node and the nodes that depend on it; other completed nodes are kept' }),
    from_failure: z
      .boolean()
      .default(false)
      .meta({ description: 'Keep every completed node and repeat the rest. The default repeats the whole run' }),
    query: QueryText.optional().meta({
      description: 'Another query, or another task of a sprint. Only for a replay of the whole run',
    }),
    instruction: QueryText.optional().meta({
      description: 'What the node from_node should do, instead of its instruction. Its prompt still has the query',
    }),
    ...settingFields,
    budget_usd: BudgetUsd.optional().meta({
      description: 'The budget of the replay, which has spent nothing yet. The default is the budget of the run',
    }),
  })
  .refine((body) => !(body.from_failure && body.from_node !== undefined), 'set from_node or from_failure, not both')
  .refine((body) => body.query === undefined || (!body.from_failure && body.from_node === undefined), {
    path: ['query'],
    message: 'can be changed only when the whole run is repeated: leave out from_node and from_failure',
  })
  .refine((body) => body.instruction === undefined || body.from_node !== undefined, {
    path: ['instruction'],
    message: 'needs from_node, whose instruction it is',
  });

/**
 * Repeats a run that has ended, from the start, from a node or from its failures, as a new run that waits for a slot
 * (`replayRun`). A sprint is a run too. The query, the instruction of the node and the settings can be changed. The
 * original run does not change. Repeating the call with the same Idempotency-Key returns the first replay.
 */
export const replayRunEndpoint = endpoint({
  name: 'runs-replay-run',
  route: 'POST /api/v1/runs/{id}/replay',
  access: 'runs:write',
  summary: 'Repeats a run that has ended: from the start, from a node, or all nodes that did not complete.',
  params: RunParams,
  body: Body,
  mayBeEmpty: true,
  reply: { 202: Run },
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ params, body, transaction, caller }) => {
  const { from_node: node, from_failure: fromFailure, query, instruction, ...changed } = body;
  const id = await replayRun(
    transaction,
    caller.tenantId,
    params.id,
    node !== undefined
      ? { from: 'node', node, instruction }
      : fromFailure
        ? { from: 'failure' }
        : { from: 'start', query },
    changed,
  );
  return { status: 202, body: await showRun(transaction, id), headers: { location: `/api/v1/runs/${id}` } };
});
