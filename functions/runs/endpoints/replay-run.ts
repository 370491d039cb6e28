import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { replayRun } from '../replay.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';
import { findRunById } from '../sql/run-view.ts';

const Body = z
  .strictObject({
    from_node: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Repeat this node and what builds on it; the other completed nodes are kept' }),
    from_failure: z
      .boolean()
      .default(false)
      .meta({ description: 'Keep every completed node and repeat the rest; without either the whole run is repeated' }),
  })
  .refine((body) => !(body.from_failure && body.from_node !== undefined), 'name from_node or from_failure, not both');

/** Repeats a run that has ended, whole or from a node, as a new run that waits for a slot (`replayRun`). The run that ended stays as it was. */
export const replayRunEndpoint = endpoint({
  name: 'runs-replay-run',
  route: 'POST /api/v1/runs/{id}/replay',
  access: 'runs:write',
  summary: 'Repeats a run that has ended: whole, from a node, or what had not completed.',
  params: RunParams,
  body: Body,
  reply: { 202: Run },
  deployment: { secrets: MODEL_KEYS },
  idempotent: true,
}).handle(async ({ params, body, transaction, caller }) => {
  const { from_node: node, from_failure: fromFailure } = body;
  const scope =
    node !== undefined
      ? { from: 'node' as const, node }
      : { from: fromFailure ? ('failure' as const) : ('start' as const) };
  const id = await replayRun(transaction, caller.tenantId, params.id, scope);
  const run = await findRunById(transaction, id);
  if (run === undefined) throw new Error('The run that was just written is not there');
  return { status: 202, body: run, headers: { location: `/api/v1/runs/${id}` } };
});
