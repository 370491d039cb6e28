import { z } from 'zod';
import { createId } from '../platform/id.ts';
import { sendToQueue } from '../platform/queue/enqueue.ts';
import { createTask, insertTask } from '../platform/queue/task.ts';
import { answer, askApproval, type CompletedOutcome, type Tool, type ToolContext, tool } from '../tools/tool.ts';
import type { Claim } from './claim.ts';
import { scriptedMark } from './end-node.ts';
import { DAYS_OPEN } from './question.ts';
import { SettleRun } from './run.ts';
import { findEndedNode } from './sql/lease.ts';
import { updateNodeWaitingForInput } from './sql/node.ts';
import { type AskedQuestion, findQuestionOfCall, insertQuestion } from './sql/question.ts';
import { type ToolCallRow, updateToolCallWaiting } from './sql/turn.ts';

/**
 * Questions to the user. The engine asks and the engine reads the answer, so whether a call is allowed is never decided
 * by a model. A node that waits for an answer holds no claim, no lease and no reserved budget, so the answer may come
 * days later.
 */

/**
 * The tool with which a worker asks the user. The node waits without a lease until the answer arrives, even for days.
 */
export const askPerson = tool({
  name: 'ask_person',
  description:
    'Asks the person one question and waits for the answer. Only for what you cannot find out or decide yourself: people may answer days later.',
  parameters: z.strictObject({
    question: z.string().trim().min(1).max(4_000),
    options: z.array(z.string().trim().min(1).max(200)).max(10).optional().describe('answers to choose from, if any'),
  }),
  safeToRepeat: true,
  execute: async ({ question, options }, context) => {
    if (context.personAnswer !== undefined) return answer(`The person answered:\n${context.personAnswer}`);
    return { status: 'asking', question: { text: question, ...(options ? { options } : {}) } };
  },
});

/** Asks the question of a worker or a planner. */
export function askQuestion(
  claim: Claim,
  call: ToolCallRow,
  question: { text: string; options?: string[] },
): Promise<void> {
  return ask(claim, call, { kind: 'question', text: question.text, options: question.options ?? [] });
}

/**
 * Asks for the approval that a tool needs. `asked` means that the node now waits. A completed outcome is a failure that
 * the model reads. Undefined means that nothing is asked, because the arguments are invalid; running the call reports
 * that.
 */
export async function askForApproval(
  claim: Claim,
  call: ToolCallRow,
  tools: readonly Tool[],
  context: ToolContext,
): Promise<{ status: 'asked' } | CompletedOutcome | undefined> {
  const wanted = await askApproval(tools, call.name, call.arguments, context);
  if (wanted === undefined || wanted.status === 'completed') return wanted;
  const { summary, details, fingerprint } = wanted;
  // A call that waits was allowed before, for something else.
  const text = call.status === 'waiting' ? `This has changed since it was approved. ${summary}` : summary;
  await ask(claim, call, { kind: 'approval', text, options: ['approve', 'reject'], details, fingerprint });
  return { status: 'asked' };
}

/**
 * Returns the user's answer to a call's question: `given` is added to the tool's context, `refusal` means that the call
 * must not run. Returns neither when the call waits for something else.
 */
export async function findAnswer(
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

/**
 * Writes the question and lets the node wait. The settling that follows updates the run's status and gives the node's
 * place to another node.
 */
async function ask(
  claim: Claim,
  call: ToolCallRow,
  asked: Pick<AskedQuestion, 'kind' | 'text' | 'options' | 'details' | 'fingerprint'>,
): Promise<void> {
  const { node, tenantId } = claim;
  const id = createId('ques');
  const settle = createTask(SettleRun, { tenant_id: tenantId, run_id: node.run_id }, id);
  await claim.commit({
    events: [
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
    ],
    statements: [
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
      insertTask(tenantId, settle),
    ],
    done: findEndedNode(node),
  });
  await claim.stop();
  await sendToQueue(settle);
}
