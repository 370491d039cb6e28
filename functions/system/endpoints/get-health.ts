import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { answerHealth } from '../../platform/http/probe.ts';
import type { ServedFunction } from '../../platform/http/served-function.ts';

const declared = endpoint({
  name: 'system-get-health',
  route: 'GET /health',
  access: 'public',
  summary: 'Says that the process runs and answers.',
  reply: { 200: z.strictObject({ status: z.literal('ok') }) },
}).serve(async () => ({ status: 200, body: { status: 'ok' } }));

/**
 * Whether the process runs. It is answered in front of the limits of public endpoints, because they are kept in the database, and a probe that fails
 * with the database would restart instances that are well.
 */
export const getHealth: ServedFunction = { ...declared, handle: answerHealth };
