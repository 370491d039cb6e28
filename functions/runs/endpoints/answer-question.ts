import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { pushTurns } from '../claim.ts';
import { requireRun, showRun } from '../find-run.ts';
import { decisionIn } from '../question.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';
import { appendEvents } from '../sql/event.ts';
import { enqueueTurn, listNodes, updateNodeAnswered } from '../sql/node.ts';
import { findOpenQuestion, type OpenQuestion, updateQuestionAnswered } from '../sql/question.ts';
import { lockRun, updateRunStatus } from '../sql/run.ts';

const Body = z.strictObject({
  node_id: z.string().min(1).max(100).meta({ description: "The node's id in the graph" }),
  response: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .meta({ description: 'The answer. For an approval: `approve`, or `reject`, optionally with `: reason`' }),
});

/**
 * Answers the open question of a node, even days later. Exactly one answer is accepted; it is written in one
 * transaction with the node's next task. Answers 409 when the question was already answered, was withdrawn or has
 * expired.
 */
export const answerQuestion = endpoint({
  name: 'runs-answer-question',
  route: 'POST /api/v1/runs/{id}/input',
  access: 'runs:write',
  summary: 'Answers a question of a run, or approves or rejects an action of one of its nodes.',
  params: RunParams,
  body: Body,
  reply: { 202: Run },
}).handle(async ({ params, body, transaction, caller }) => {
  await transaction.query(lockRun(params.id));
  await requireRun(transaction, params.id);
  const node = (await listNodes(transaction, params.id)).find(({ name }) => name === body.node_id);
  if (node === undefined) throw new Problem('not-found', `The run has no node ${body.node_id}.`);
  const question = await findOpenQuestion(transaction, params.id, node.name);
  if (question === undefined) throw new Problem('conflict', `The node ${node.name} has no open question.`);
  const rows = await transaction.queryAll([
    updateQuestionAnswered(question.id, {
      text: body.response,
      approved: approvalIn(question, body.response),
      by: caller.userId,
    }),
    updateNodeAnswered(question.node_id),
    appendEvents(params.id, [
      {
        type: 'input_received',
        level: 'info',
        source: 'person',
        message: cutText(body.response, 2_000),
        data: { node: node.name, question: question.id, by: caller.userId },
      },
    ]),
    enqueueTurn(question.node_id),
    updateRunStatus(params.id),
  ]);
  transaction.afterCommit(() => pushTurns(rows.flat()));
  return { status: 202, body: await showRun(transaction, params.id) };
});

/**
 * Returns the user's decision, or undefined for a question that is not an approval. @throws Problem 422 for an unclear
 * decision
 */
function approvalIn(question: OpenQuestion, response: string): boolean | undefined {
  if (question.kind === 'question') return undefined;
  const decision = decisionIn(response);
  if (decision === undefined) {
    throw new Problem(
      'invalid-request',
      'Answer an approval with `approve` or `reject`; you may add a reason to `reject` after a colon.',
      {
        errors: [{ path: 'body.response', message: 'must be approve or reject' }],
      },
    );
  }
  return decision.approved;
}
