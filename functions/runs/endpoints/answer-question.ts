import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { ringAll } from '../claim.ts';
import { decisionIn } from '../question.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';
import { appendEvents } from '../sql/event.ts';
import { listNodes, ringNode, updateNodeAnswered } from '../sql/node.ts';
import { findOpenQuestion, type OpenQuestion, updateQuestionAnswered } from '../sql/question.ts';
import { findRunStatus, lockRun, updateRunStatus } from '../sql/run.ts';
import { findRunById } from '../sql/run-view.ts';

const Body = z.strictObject({
  node_id: z.string().min(1).max(100).meta({ description: "The node's id in the graph" }),
  response: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .meta({ description: 'The answer; to an approval `approve`, or `reject` with a reason after a colon' }),
});

/**
 * Answers the question that a node asks: exactly one answer, days later too. The answer and the node's next task are one transaction. A second answer, or
 * one to a question that was withdrawn or has expired, is 409.
 */
export const answerQuestion = endpoint({
  name: 'runs-answer-question',
  route: 'POST /api/v1/runs/{id}/input',
  access: 'runs:write',
  summary: 'Answers a question of a run, or approves or rejects what one of its nodes wants to do.',
  params: RunParams,
  body: Body,
  reply: { 202: Run },
}).handle(async ({ params, body, transaction, caller }) => {
  await transaction.query(lockRun(params.id));
  if ((await findRunStatus(transaction, params.id)) === undefined)
    throw new Problem('not-found', 'There is no such run.');
  const node = (await listNodes(transaction, params.id)).find(({ name }) => name === body.node_id);
  if (node === undefined) throw new Problem('not-found', 'The run has no such node.');
  const question = await findOpenQuestion(transaction, params.id, node.name);
  if (question === undefined) throw new Problem('conflict', `${node.name} asks nothing, or was answered before.`);
  const rung = await transaction.queryAll([
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
        message: body.response.slice(0, 2_000),
        data: { node: node.name, question: question.id, by: caller.userId },
      },
    ]),
    ringNode(question.node_id),
    updateRunStatus(params.id),
  ]);
  transaction.afterCommit(() => ringAll(rung.flat()));
  const run = await findRunById(transaction, params.id);
  if (run === undefined) throw new Error('The run that is locked is not there');
  return { status: 202, body: run };
});

function approvalIn(question: OpenQuestion, response: string): boolean | undefined {
  if (question.kind === 'question') return undefined;
  const decision = decisionIn(response);
  if (decision === undefined) {
    throw new Problem(
      'invalid-request',
      'An approval is answered with `approve`, or with `reject` and a reason after a colon.',
      {
        errors: [{ path: 'body.response', message: 'must be approve or reject' }],
      },
    );
  }
  return decision.approved;
}
