import type { Database } from './database/database.ts';
import { openDatabase } from './database/open.ts';
import { Problem } from './errors.ts';
import { writeJson } from './http/answer.ts';
import { declareFunction } from './http/functions-framework.ts';
import { guarded } from './http/guarded.ts';
import { addressOf } from './http/request-head.ts';
import { parseRoute } from './http/route.ts';
import type { Deployment, ServedFunction } from './http/served-function.ts';
import { verifyInvoker } from './sign-in/oidc.ts';

/**
 * Declares a timer. Cloud Scheduler calls it at least once and sometimes late, so the handler must be idempotent and
 * safe to run concurrently. The handler returns counts, which become the body of the reply.
 */
export function timer(contract: { name: string; schedule: string; deployment?: Deployment }) {
  return {
    handle: (
      handler: (input: { database: Database; requestId: string }) => Promise<Record<string, number>>,
    ): ServedFunction => {
      const route = parseRoute(`POST /internal/timers/${contract.name}`);
      return declareFunction({
        kind: 'timer',
        name: contract.name,
        route,
        schedule: contract.schedule,
        deployment: { identity: 'timer', timeoutSeconds: 300, ...contract.deployment },
        handle: (request, response) =>
          guarded(contract.name, request, response, async (_request, _response, requestId) => {
            if (route.match(addressOf(request).pathname) === undefined)
              throw new Problem('not-found', 'There is nothing at this address.');
            await verifyInvoker(request, contract.name);
            const counts = await handler({ database: await openDatabase(), requestId });
            writeJson(response, 200, { status: 'done', ...counts });
          }),
      });
    },
  };
}
