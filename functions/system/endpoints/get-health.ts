import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { declareFunction } from '../../platform/http/functions-framework.ts';
import { answerHealth } from '../../platform/http/probe.ts';

const declared = endpoint({
  name: 'system-get-health',
  route: 'GET /health',
  access: 'public',
  summary: 'Says that the process runs and answers.',
  reply: { 200: z.strictObject({ status: z.literal('ok') }) },
}).serve(async () => ({ status: 200, body: { status: 'ok' } }));

/**
 * Answers 200 while the process runs. Anyone may call it. It skips the rate limit of public endpoints: the limit is
 * kept in the database, and a probe that fails with the database would restart healthy instances.
 */
export const getHealth = declareFunction({ ...declared, handle: answerHealth });
