import { z } from 'zod';
import { prepareFact, type StatedFact, writePrepared } from '../../memory/facts/add-fact.ts';
import { FactText, resolveScope } from '../../memory/memory.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { Learned } from '../memory/learned.ts';
import { findLearned, type LearnedRow, updateLearnedDecided, updateLearnedFact } from '../sql/learned.ts';

/**
 * Keeps or declines what an answer proposes to remember. Keeping writes a trusted fact of the caller, with the text
 * that they edited if there is one; as with every added fact, known facts that it refines or contradicts are
 * superseded. The source of the person's own words is the conversation, that of an answer's words its run: reverting
 * it, or a page that the run read, takes the fact back. The same decision again changes nothing; another one answers
 * 409. Answers 404 for what was proposed to somebody else.
 */
export const decideLearned = endpoint({
  name: 'chat-decide-learned',
  route: 'POST /api/v1/chat/learned/{id}',
  access: 'chat:write',
  summary: 'Keeps or declines what an answer proposes to remember.',
  params: z.strictObject({ id: idSchema('lrn') }),
  body: z
    .strictObject({
      decision: z.enum(['keep', 'decline']),
      text: FactText.optional().meta({ description: 'What to keep instead of the proposed text' }),
    })
    .refine(({ decision, text }) => decision === 'keep' || text === undefined, {
      path: ['text'],
      message: 'give a text only with the decision keep',
    }),
  reply: { 200: Learned },
  deployment: { secrets: MODEL_KEYS },
}).serve(async ({ params: { id }, body, database, identity, signal }) => {
  const { caller, transaction: begin, ...scoped } = await enter(database, identity, 'chat:write');
  const proposed = await findLearned(scoped, id);
  if (proposed === undefined) throw new Problem('not-found', 'There is no such proposal.');
  const status = body.decision === 'keep' ? 'kept' : 'declined';
  if (proposed.status !== 'proposed') return { status: 200, body: decidedBefore(proposed, status) };
  const placeOf = (entered: typeof caller) => resolveScope(entered, { scope: 'user' });
  const prepared =
    status === 'kept'
      ? await prepareFact(database, scoped, { stated: await statedOf(proposed, body.text), caller, placeOf, signal })
      : undefined;
  return begin(async (transaction, entered = caller) => {
    const decided = await updateLearnedDecided(transaction, id, { status, text: body.text });
    if (decided === undefined) {
      const now = await findLearned(transaction, id);
      return { status: 200 as const, body: decidedBefore(now ?? proposed, status) };
    }
    if (prepared === undefined) return { status: 200 as const, body: decided };
    const { memory } = await writePrepared(transaction, entered, prepared);
    await updateLearnedFact(transaction, id, memory.id);
    return { status: 200 as const, body: { ...decided, memory_id: memory.id } };
  });
});

function decidedBefore(learned: LearnedRow, status: Learned['status']): Learned {
  if (learned.status !== status) throw new Problem('conflict', `This was ${learned.status} before.`);
  const { session_id: _, run_id: __, said_at: ___, ...decided } = learned;
  return decided;
}

/**
 * Returns the fact to keep. It is true from the day that its words name, else from when they were said: with the
 * message, or now when the user edited them.
 */
async function statedOf(learned: LearnedRow, edited: string | undefined): Promise<StatedFact> {
  const { category, origin, session_id: sessionId, run_id: runId, said_at: saidAt } = learned;
  const { validFromOf } = await import('../../memory/facts/dates.ts');
  const said =
    edited === undefined
      ? { text: learned.text, category, validFrom: validFromOf(learned.text, saidAt) }
      : { text: edited, category, validFrom: undefined };
  if (origin === 'person')
    return { ...said, source: 'said in a conversation', sourceKind: 'person', sourceId: sessionId };
  return { ...said, source: 'kept from an answer', sourceKind: 'run', sourceId: runId, author: 'assistant' };
}
