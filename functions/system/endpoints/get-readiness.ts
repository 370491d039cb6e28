import { z } from 'zod';
import { openDatabase } from '../../platform/database/open.ts';
import { endpoint, guarded } from '../../platform/endpoint.ts';
import { writeJson } from '../../platform/http/answer.ts';
import { lookAtParts } from '../../platform/http/parts.ts';
import type { ServedFunction } from '../../platform/http/served-function.ts';
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
  summary: 'Says whether requests can be served: the database answers and keeps tenants apart.',
  reply: {
    200: z.strictObject({
      status: z.literal('ready'),
      parts: z.record(z.string(), Part).optional().meta({
        description:
          'On a laptop, where one process is everything: parts without which the rest works, such as the sandbox of commands',
      }),
    }),
  },
}).serve(async () => ({ status: 200, body: READY }));

/**
 * Whether requests can be served. The limits of public endpoints stand in the database, so this is answered in front of them: without a database it is
 * 503 and not 500. It checks at most once a second, whoever asks.
 *
 * A part that is missing on a laptop is told and does not make it unready; the deployed service of such a part has a readiness of its own that fails.
 */
export const getReadiness: ServedFunction = {
  ...declared,
  handle: (request, response) =>
    guarded(declared.name, request, response, async (_request, _response, requestId) => {
      await checkReadiness(openDatabase);
      const parts = await lookAtParts();
      const body = Object.keys(parts).length > 0 ? { ...READY, parts } : READY;
      writeJson(response, 200, body, { 'x-request-id': requestId });
    }),
};
