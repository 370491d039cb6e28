import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import type { Transaction } from '../../platform/database/database.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { pushTurns } from '../claim.ts';
import { requireRun, showRun } from '../find-run.ts';
import { decisionIn } from '../question.ts';
import { RunParams } from '../run.ts';
import { Run } from '../run-view.ts';
import { appendEvents } from '../sql/event.ts';
import { enqueueTurn, listNodes, updateNodeAnswered } from '../sql/node.ts';
import { type AskedInRun, listQuestionsOfRun, updateQuestionAnswered } from '../sql/question.ts';
import { lockRun, updateRunStatus } from '../sql/run.ts';

const Body = z.strictObject({
  question_id: idSchema('ques')
    .optional()
    .meta({ description: 'The id of the question. Required when more than one was asked' }),
  node_id: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ description: "The node's id in the graph, instead of question_id when the node has asked only once" }),
  kind: z
    .enum(['question', 'approval'])
    .optional()
    .meta({ description: 'Answers only a question of this kind; another is refused with 409' }),
  fingerprint: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'For an approval: the fingerprint of what was shown. Another one is refused with 409' }),
  response: z
    .string()
    .trim()
    .min(1)
    .max(20_000)
    .meta({ description: 'The answer. For an approval: `approve`, or `reject`, optionally with `: reason`' }),
});
type Body = z.output<typeof Body>;

/**
 * Answers a question of a run, even days later. An answer counts for the named question only, so one that comes twice
 * or late never answers the next question of the node. Exactly one answer is accepted; it is written in one transaction
 * with the node's next task. The same answer again is 200 and changes nothing. Answers 409 when the question has
 * another answer, was withdrawn or has expired.
 */
export const answerQuestion = endpoint({
  name: 'runs-answer-question',
  route: 'POST /api/v1/runs/{id}/input',
  access: 'runs:write',
  summary: 'Answers a question of a run, or approves or rejects an action of one of its nodes.',
  params: RunParams,
  body: Body,
  reply: { 202: Run, 200: Run },
}).handle(async ({ params, body, transaction, caller }) => {
  await transaction.query(lockRun(params.id));
  await requireRun(transaction, params.id);
  const question = await findQuestion(transaction, params.id, body);
  if (body.kind !== undefined && body.kind !== question.kind)
    throw new Problem('conflict', `The question ${question.id} is of the kind ${question.kind}; nothing was changed.`);
  if (body.fingerprint !== undefined && body.fingerprint !== question.fingerprint) {
    throw new Problem(
      'conflict',
      'The fingerprint is not that of this question. Read the question again before you decide.',
    );
  }
  const approved = approvalIn(question, body.response);
  if (question.status === 'answered' && isSameAnswer(question, body.response, approved))
    return { status: 200, body: await showRun(transaction, params.id) };
  if (question.status !== 'open')
    throw new Problem('conflict', `The question ${question.id} ${FATES[question.status]}; nothing was changed.`);
  const rows = await transaction.queryAll([
    updateQuestionAnswered(question.id, { text: body.response, approved, by: caller.userId }),
    updateNodeAnswered(question.node_id),
    appendEvents(params.id, [
      {
        type: 'input_received',
        level: 'info',
        source: 'person',
        message: cutText(body.response, 2_000),
        data: { node: question.node_name, question: question.id, by: caller.userId },
      },
    ]),
    enqueueTurn(question.node_id),
    updateRunStatus(params.id),
  ]);
  transaction.afterCommit(() => pushTurns(rows.flat()));
  return { status: 202, body: await showRun(transaction, params.id) };
});

const FATES = {
  answered: 'already has another answer',
  expired: 'has expired',
  withdrawn: 'was withdrawn',
} as const;

/**
 * Returns the question that the answer names. Without `question_id` that is the only question of the node, or of the
 * run: when two were asked, nobody knows for which of them an answer was written.
 * @throws Problem 404, 409
 */
async function findQuestion(
  transaction: Transaction,
  runId: string,
  { question_id: id, node_id: name }: Body,
): Promise<AskedInRun> {
  const nodes = name === undefined ? [] : await listNodes(transaction, runId);
  if (name !== undefined && nodes.every((node) => node.name !== name))
    throw new Problem('not-found', `The run has no node ${name}.`);
  const asked = await listQuestionsOfRun(transaction, runId);
  const named = asked.find((question) => question.id === id);
  if (id !== undefined && named === undefined) throw new Problem('not-found', `The run has no question ${id}.`);
  if (named !== undefined && name !== undefined && named.node_name !== name)
    throw new Problem('conflict', `The question ${id} was not asked by the node ${name}.`);
  const [first, second] = asked.filter((question) => name === undefined || question.node_name === name);
  if (named !== undefined) return named;
  const who = name === undefined ? 'The run' : `The node ${name}`;
  if (first === undefined) throw new Problem('conflict', `${who} has asked no question.`);
  if (second === undefined) return first;
  throw new Problem(
    'conflict',
    `${who} has asked more than one question. Name the one that you answer with question_id; the run shows which are open.`,
  );
}

/** Whether an answered question has this answer. Of an approval only the decision counts, if it is `approve`. */
function isSameAnswer(question: AskedInRun, response: string, approved: boolean | undefined): boolean {
  return approved === true ? question.approved === true : question.answer === response;
}

/**
 * Returns the user's decision, or undefined for a question that is not an approval. @throws Problem 422 for an unclear
 * decision
 */
function approvalIn(question: AskedInRun, response: string): boolean | undefined {
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
