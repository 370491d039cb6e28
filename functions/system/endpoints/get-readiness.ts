import { z } from 'zod';
import { openDatabase } from '../../platform/database/open.ts';
import { endpoint, guarded } from '../../platform/endpoint.ts';
import { writeJson } from '../../platform/http/answer.ts';
import type { ServedFunction } from '../../platform/http/served-function.ts';
import { checkReadiness } from '../readiness.ts';

const READY = { status: 'ready' } as const;

const declared = endpoint({
  name: 'system-get-readiness',
  route: 'GET /readiness',
  access: 'public',
  summary: 'Says whether requests can be served: the database answers and keeps tenants apart.',
  reply: { 200: z.strictObject({ status: z.literal('ready') }) },
}).serve(async () => ({ status: 200, body: READY }));

/**
 * Whether requests can be served. The limits of public endpoints stand in the database, so this is answered in front of them: without a database it is
 * 503 and not 500. It checks at most once a second, whoever asks.
 */
export const getReadiness: ServedFunction = {
  ...declared,
  handle: (request, response) =>
    guarded(declared.name, request, response, async (_request, _response, requestId) => {
      await checkReadiness(openDatabase);
      writeJson(response, 200, READY, { 'x-request-id': requestId });
    }),
};
