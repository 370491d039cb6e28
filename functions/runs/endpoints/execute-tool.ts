import { z } from 'zod';
import { awaitWork } from '../../platform/await-work.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { withIdempotency } from '../../platform/http/idempotency.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { AllowedHosts } from '../../tools/network-policy.ts';
import { Call } from '../calls/call.ts';
import { refuseCall, requireTool } from '../calls/require-tool.ts';
import { startCall } from '../calls/start-call.ts';
import { hasEnded } from '../run.ts';
import { BudgetUsd } from '../run-view.ts';
import { type CallRow, findCall } from '../sql/call.ts';

const Wait = z.coerce
  .number()
  .min(0)
  .max(50)
  .default(20)
  .meta({ description: 'Seconds that the answer may wait for the end of the call' });

/**
 * Calls a tool. The call is a run of kind `call`: it has an id, events, a cost, and is cancelled, answered and read as
 * other runs are. Tools for files work on the files of that run alone, which are new and empty. Answers 200 when the
 * call ends within `?wait=`, also when the tool failed (`is_error`); else 202, with the question that a person must
 * answer, if there is one. Wrong arguments are 422, and no run exists. Repeating the call with the same
 * Idempotency-Key returns the first call and runs nothing again.
 */
export const executeTool = endpoint({
  name: 'runs-execute-tool',
  route: 'POST /api/v1/tools/execute',
  access: 'tools:write',
  summary: 'Calls a tool without a model, under the same policy, approval and budget as a worker.',
  query: z.strictObject({ wait: Wait }),
  body: z.strictObject({
    name: z
      .string()
      .min(1)
      .max(200)
      .meta({ description: 'As GET /tools lists it', examples: ['calculator'] }),
    arguments: z
      .record(z.string(), z.unknown())
      .default({})
      .meta({ examples: [{ expression: '19.99 * 1.19' }] }),
    budget_usd: BudgetUsd.optional(),
    allowed_hosts: AllowedHosts.optional(),
  }),
  reply: { 200: Call, 202: Call },
  keepsKey: true,
  deployment: { secrets: MODEL_KEYS },
}).serve(async ({ body, query, keyed, database, identity, signal, hold }) => {
  const { caller: _, ...scoped } = await enter(database, identity, 'tools:write');
  const started = await scoped.transaction(async (transaction, caller) => {
    if (caller === undefined) throw new Error('A transaction of a caller has no caller');
    return withIdempotency<Started>(keyed, { transaction, caller }, async () => {
      refuseCall(await requireTool({ database, queryable: transaction }, caller.tenantId, body.name), body.arguments);
      return { status: 202, body: { run_id: await startCall(transaction, body) } };
    });
  });
  const id = started.body.run_id;
  const find = async () => {
    const found = await findCall(scoped, id);
    if (found === undefined) throw new Problem('not-found', 'The run of this call was deleted.');
    return found;
  };
  const call = await awaitWork({ database, seconds: query.wait, signal, hold }, find, isSettled);
  const headers = { ...started.headers, location: `/api/v1/runs/${id}` };
  if (hasEnded(call.status)) return { status: 200, body: viewOf(call), headers };
  return { status: 202, body: viewOf(call), headers };
});

/** What is stored with the Idempotency-Key, in the transaction that starts the run. */
interface Started {
  status: number;
  body: { run_id: string };
  headers?: Record<string, string>;
}

function isSettled({ status }: CallRow): boolean {
  return hasEnded(status) || status === 'waiting_input';
}

function viewOf({ id, status, output, is_error, duration_ms, question_id }: CallRow): Call {
  return { run_id: id, status, output, is_error, duration_ms, question_id };
}
