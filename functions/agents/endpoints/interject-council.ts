import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Council, CouncilParams } from '../council/council.ts';
import { interject } from '../council/interject.ts';
import { showCouncil } from '../council/show-council.ts';

/**
 * Says something to a council. All members of the next round read it; the council then ends no earlier than with that
 * round. Answers 409 when no round follows: the council has ended, is in its last round or votes.
 */
export const interjectCouncil = endpoint({
  name: 'agents-interject-council',
  route: 'POST /api/v1/agents/council/{id}/interject',
  access: 'agents:write',
  summary: 'Says something to a council, which its next round takes up.',
  params: CouncilParams,
  body: z.strictObject({ text: z.string().trim().min(1).max(2_000) }),
  reply: { 201: Council },
}).handle(async ({ params, body, transaction }) => {
  await interject(transaction, params.id, body.text);
  return { status: 201, body: await showCouncil(transaction, params.id) };
});
