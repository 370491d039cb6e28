import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Instant } from '../../platform/instant.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { MOST_REPLAYS, replayRun } from '../lifecycle/replay.ts';
import { RunId } from '../run.ts';
import { BudgetUsd } from '../run-view.ts';
import { listRunsForReplay } from '../sql/replay.ts';

const Replayable = z.enum(['failed', 'cancelled', 'cost_exceeded', 'completed']);

const Body = z.strictObject({
  status: z.array(Replayable).min(1).max(4).default(['failed']),
  kind: z.enum(['run', 'sprint']).optional(),
  created_after: Instant.optional(),
  created_before: Instant.optional(),
  error_contains: z.string().min(1).max(200).optional().meta({ description: 'Text in the error; case is ignored' }),
  from_failure: z.boolean().default(false).meta({ description: 'Keep completed nodes and repeat the rest' }),
  budget_usd: BudgetUsd.optional().meta({ description: 'The budget of each replay; the default is that of its run' }),
  again: z.boolean().default(false).meta({ description: 'Include runs that were already replayed' }),
  limit: z.int().min(1).max(100).default(50),
});

const Reply = z.strictObject({
  replays: z.array(z.strictObject({ id: RunId, replay_of: RunId })),
  more: z.boolean().meta({ description: 'True when more runs match; repeat the call to replay them' }),
});

/**
 * Replays the ended runs that match a filter, oldest first, for example all runs that failed in an outage. Each replay
 * waits for a slot of the tenant, so they do not all start at once. Runs that were already replayed are left out unless
 * `again` is set, so repeating the call continues with the next runs.
 */
export const replayRuns = endpoint({
  name: 'runs-replay-runs',
  route: 'POST /api/v1/runs/replay',
  access: 'runs:write',
  summary: 'Repeats the ended runs that match a filter.',
  body: Body,
  reply: { 202: Reply },
  deployment: { secrets: MODEL_KEYS },
}).handle(async ({ body, transaction, caller }) => {
  const found = await listRunsForReplay(transaction, {
    statuses: body.status,
    kind: body.kind,
    after: body.created_after,
    before: body.created_before,
    errorContains: body.error_contains,
    again: body.again,
    mostReplays: MOST_REPLAYS,
    limit: body.limit + 1,
  });
  const scope = { from: body.from_failure ? ('failure' as const) : ('start' as const) };
  const changed = { budget_usd: body.budget_usd };
  const replays = [];
  for (const replayed of found.slice(0, body.limit)) {
    replays.push({ id: await replayRun(transaction, caller.tenantId, replayed, scope, changed), replay_of: replayed });
  }
  return { status: 202, body: { replays, more: found.length > body.limit } };
});
