import { createId } from '../platform/id.ts';
import { sendToQueue } from '../platform/queue/enqueue.ts';
import { createTask, insertTask } from '../platform/queue/task.ts';
import { askApproval, type CompletedOutcome, type Tool, type ToolContext } from '../tools/tool.ts';
import type { Claim } from './claim.ts';
import { scriptedMark } from './end-node.ts';
import { DAYS_OPEN } from './question.ts';
import { SettleRun } from './run.ts';
import { appendEvents } from './sql/event.ts';
import { findEndedNode } from './sql/lease.ts';
import { updateNodeWaitingForInput } from './sql/node.ts';
import { type AskedQuestion, findQuestionOfCall, insertQuestion } from './sql/question.ts';
import { type ToolCallRow, updateToolCallWaiting } from './sql/turn.ts';

/**
 * Questions to the person. The engine asks and the engine reads the answer: whether a call is allowed is never in a model's hands. A node that asked holds
 * no claim, no lease and no money, so the answer may come days later.
 */

type Asked = Pick<AskedQuestion, 'kind' | 'text' | 'options' | 'details' | 'fingerprint'>;

/** A worker's or planner's own question. */
export function askOwnQuestion(
  claim: Claim,
  call: ToolCallRow,
  question: { text: string; options?: string[] },
): Promise<void> {
  return ask(claim, call, { kind: 'question', text: question.text, options: question.options ?? [] });
}

/**
 * Asks for the approval that a tool needs. `asked`: the node waits now. A failure is the call's outcome, and undefined means that there is nothing to
 * ask, because the arguments are wrong and the call itself says so.
 */
export async function askFirst(
  claim: Claim,
  call: ToolCallRow,
  tools: readonly Tool[],
  context: ToolContext,
): Promise<{ status: 'asked' } | CompletedOutcome | undefined> {
  const wanted = await askApproval(tools, call.name, call.arguments, context);
  if (wanted === undefined || wanted.status === 'completed') return wanted;
  const { summary, details, fingerprint } = wanted;
  await ask(claim, call, { kind: 'approval', text: summary, options: ['approve', 'reject'], details, fingerprint });
  return { status: 'asked' };
}

/** What the person answered to a call's question: what the tool is given, or why the call is not made. Neither where the call waits for something else. */
export async function answeredBy(
  claim: Claim,
  call: ToolCallRow,
): Promise<{ given?: Pick<ToolContext, 'personAnswer' | 'approved'>; refusal?: string }> {
  const question = await findQuestionOfCall(claim.database, {
    nodeId: claim.node.id,
    turn: call.turn,
    callIndex: call.call_index,
  });
  if (question === undefined) return {};
  if (question.status !== 'answered') return { refusal: 'Nobody answered in time. Go on without it, or end.' };
  if (question.kind === 'question') return { given: { personAnswer: question.answer ?? '' } };
  if (question.approved !== true)
    return { refusal: `The person refused this call of ${call.name}. They said: ${question.answer ?? ''}` };
  const { answered_by: by, answered_at: at, fingerprint } = question;
  return { given: { approved: { by: by ?? '', at: at ?? '', fingerprint } } };
}

/** Writes the question and lets the node wait. The settling that follows lets others have its place and tells the run's state. */
async function ask(claim: Claim, call: ToolCallRow, asked: Asked): Promise<void> {
  const { node, tenantId } = claim;
  const id = createId('ques');
  const settle = createTask(SettleRun, { tenant_id: tenantId, run_id: node.run_id }, id);
  await claim.commit(
    [
      insertQuestion({
        ...asked,
        id,
        runId: node.run_id,
        nodeId: node.id,
        turn: call.turn,
        callIndex: call.call_index,
        tool: call.name,
        arguments: call.arguments,
        daysOpen: DAYS_OPEN[asked.kind],
      }),
      updateToolCallWaiting(node.id, call.turn, call.call_index),
      updateNodeWaitingForInput(node.id),
      appendEvents(node.run_id, [
        {
          type: 'input_requested',
          level: 'warning',
          source: node.worker,
          message: asked.text,
          data: {
            node: node.name,
            question: id,
            kind: asked.kind,
            options: asked.options,
            tool: call.name,
            arguments: call.arguments,
            ...scriptedMark(node.provider),
          },
        },
      ]),
      insertTask(tenantId, settle),
    ],
    findEndedNode(node),
  );
  await claim.stop();
  await sendToQueue(settle);
}
