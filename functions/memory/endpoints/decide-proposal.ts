import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { updateProposalDecided } from '../sql/memory-proposal.ts';

/**
 * Decides a proposed promotion. Accepting makes the fact trusted in the requested scope. Only an admin can accept for a
 * worker or the whole tenant; a member's acceptance becomes `endorsed` and an admin decides. Answers 404 for a proposal
 * that the caller must not decide, 409 for one that was decided before.
 */
export const decideProposal = endpoint({
  name: 'memory-decide-proposal',
  route: 'POST /api/v1/memory/proposals/{id}',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Accepts or declines the promotion of a fact.',
  params: z.strictObject({ id: idSchema('prop') }),
  body: z.strictObject({ decision: z.enum(['accept', 'decline']) }),
  reply: { 200: z.strictObject({ status: z.enum(['accepted', 'declined', 'endorsed']) }) },
}).handle(async ({ params, body, transaction }) => {
  const status = await updateProposalDecided(transaction, params.id, body.decision === 'accept');
  if (status === 'missing') throw new Problem('not-found', 'There is no such proposal.');
  if (status === 'decided') throw new Problem('conflict', 'The proposal was decided before.');
  return { status: 200, body: { status } };
});
