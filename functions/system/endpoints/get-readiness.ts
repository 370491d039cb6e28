import { z } from 'zod';
import { openDatabase } from '../../platform/database/open.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { writeJson } from '../../platform/http/answer.ts';
import { declareFunction } from '../../platform/http/functions-framework.ts';
import { guarded } from '../../platform/http/guarded.ts';
import { lookAtParts } from '../../platform/http/parts.ts';
import { checkReadiness } from '../readiness.ts';

const READY = { status: 'ready' } as const;

const Part = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('available') }),
  z.strictObject({ status: z.literal('unavailable'), reason: z.string() }),
]);

const declared = endpoint({
  name: 'system-get-readiness',
  route: 'GET /readiness',
  access: 'public',
  summary: 'Says whether requests can be served: the database answers and isolates tenants.',
  reply: {
    200: z.strictObject({
      status: z.literal('ready'),
      parts: z.record(z.string(), Part).optional().meta({
        description:
          'On a laptop, where one process serves everything: optional parts, such as the sandbox of commands',
      }),
    }),
  },
}).serve(async () => ({ status: 200, body: READY }));

/**
 * Answers 200 when requests can be served and 503 otherwise. Anyone may call it; the database is checked at most once a
 * second. It skips the rate limit of public endpoints, which is kept in the database: without a database the reply must
 * be 503 and not 500.
 *
 * A missing part on a laptop is reported and does not make the laptop unready. The deployed service of such a part has
 * its own readiness, which fails.
 */
export const getReadiness = declareFunction({
  ...declared,
  handle: (request, response) =>
    guarded(declared.name, request, response, async (_request, _response, requestId) => {
      await checkReadiness(openDatabase);
      const parts = await lookAtParts();
      const body = Object.keys(parts).length > 0 ? { ...READY, parts } : READY;
      writeJson(response, 200, body, { 'x-request-id': requestId });
    }),
});
