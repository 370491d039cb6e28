import { markedInstruction } from '../platform/models/guard-answer.ts';
import type { Claim } from '../runs/claim.ts';
import { toMessages } from '../runs/conversation.ts';
import type { NodeKind, Prompt } from '../runs/node-kind.ts';
import { storePrompt } from '../runs/store-prompt.ts';
import { systemPrompt, turnLimitOf } from '../runs/worker.ts';
import { ASSISTANT, TakeAnswer } from './chat.ts';
import { tellBranch } from './conversation-messages.ts';
import { findAnswerOfRun, findMessage, type MessageRow } from './sql/message.ts';

/**
 * The node of an answer: its prompt is the person's message, its conversation is the branch before it. Text reaches the
 * readers every 40 ms, so that a person sees it flow, and is kept for those who join.
 */
export const ANSWER: NodeKind = {
  task: TakeAnswer,
  prepare,
  tools: async ({ node, root }) => (await import('../runs/toolbox.ts')).toolsOf(node, root),
  messages: async (claim, prompt, history) => {
    const { node, database } = claim;
    const question = await requireQuestion(claim);
    const branch = await tellBranch(database, {
      conversationId: question.conversation_id,
      questionId: question.id,
      model: `${node.provider}/${node.model}`,
    });
    return [...branch.flatMap(({ messages }) => messages), ...toMessages(prompt.text, history, turnLimitOf(node))];
  },
  live: { gatherMs: 40, isKept: true },
};

/** Builds and stores the prompt of an answer. */
async function prepare(claim: Claim): Promise<Prompt> {
  const question = await requireQuestion(claim);
  const prompt = {
    system: markedInstruction(systemPrompt(ASSISTANT, []), claim.node.run_id),
    text: question.content,
  };
  await storePrompt(claim, prompt, { facts: {}, statements: [] });
  return prompt;
}

/** Returns the person's message that the run answers. */
async function requireQuestion({ database, node }: Claim): Promise<MessageRow> {
  const answer = await findAnswerOfRun(database, node.run_id);
  const question = answer?.parent_id ? await findMessage(database, answer.parent_id) : undefined;
  if (question === undefined) throw new Error(`The run ${node.run_id} answers no message`);
  return question;
}
