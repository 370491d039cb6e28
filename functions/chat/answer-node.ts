import { markedInstruction } from '../platform/models/guard-answer.ts';
import { readPrompt } from '../platform/models/read-prompt.ts';
import { createTask } from '../platform/queue/task.ts';
import type { Claim } from '../runs/claim.ts';
import { toMessages } from '../runs/conversation.ts';
import type { NodeKind, Prompt } from '../runs/node-kind.ts';
import { storePrompt } from '../runs/store-prompt.ts';
import { recall } from '../runs/tools/recall.ts';
import { systemPrompt, turnLimitOf } from '../runs/worker.ts';
import type { Tool } from '../tools/tool.ts';
import { ASSISTANT, TakeAnswer } from './chat.ts';
import { tellBranch } from './conversation-messages.ts';
import { supplyMemory } from './memory/supply-memory.ts';
import { insertMemoryUses } from './sql/memory-use.ts';
import { findAnswerOfRun, findMessage, type MessageRow } from './sql/message.ts';
import { listMutedTargets } from './sql/muted-memory.ts';
import { LearnFromAnswer } from './tasks.ts';

/**
 * The node of an answer: its prompt is the person's message, its conversation is the branch before it. Text reaches the
 * readers every 40 ms, so that a person sees it flow, and is kept for those who join.
 */
export const ANSWER: NodeKind = {
  task: TakeAnswer,
  prepare,
  tools,
  messages: async (claim, prompt, history) => {
    const { node, database } = claim;
    const { question } = await requireExchange(claim);
    const branch = await tellBranch(database, {
      conversationId: question.conversation_id,
      questionId: question.id,
      model: `${node.provider}/${node.model}`,
    });
    return [...branch.flatMap(({ messages }) => messages), ...toMessages(prompt.text, history, turnLimitOf(node))];
  },
  live: { gatherMs: 40, isKept: true },
  tasksAtEnd: ({ tenantId, node }, status) =>
    status === 'completed'
      ? [createTask(LearnFromAnswer, { tenant_id: tenantId, run_id: node.run_id }, node.run_id)]
      : [],
};

/** Returns the tools of the assistant. Its recall leaves out the facts that the user muted. */
async function tools({ node, root, database }: Claim): Promise<readonly Tool[]> {
  const { toolsOf } = await import('../runs/toolbox.ts');
  const muted = await listMutedTargets(database);
  const facts = new Set([...muted].flatMap((target) => (target.startsWith('fact ') ? [target.slice(5)] : [])));
  return toolsOf(node, root).map((tool) => (tool.name === 'recall' ? recall(root, facts) : tool));
}

/** The most tokens of what is remembered in a prompt. */
const MEMORY_TOKENS = 1_500;

/**
 * Builds and stores the prompt of an answer: the person's message after what is remembered for it. The trace of that is
 * written in the same transaction, so the notes beside the answer are what the model was told.
 */
async function prepare(claim: Claim): Promise<Prompt> {
  const { node, tenantId, root, signal } = claim;
  const { question, answer } = await requireExchange(claim);
  const asked = { database: root, tenantId, userId: node.user_id, runId: node.run_id, signal };
  const memory = await supplyMemory({ ...asked, query: await queryOf(claim, question), tokens: MEMORY_TOKENS });
  const instruction = `${systemPrompt(ASSISTANT, [])}\n\n${await readPrompt(CITE)}`;
  const prompt = {
    system: markedInstruction(instruction.trim(), node.run_id),
    text: memory.text === '' ? question.content : `${memory.text}\n\n${question.content}`,
  };
  const named = (kind: string) => memory.supplied.filter((one) => one.kind === kind).map((one) => one.target_id);
  await storePrompt(claim, prompt, {
    facts: { memories: named('fact'), preferences: named('preference') },
    statements: [insertMemoryUses(answer.id, memory.supplied)],
  });
  return prompt;
}

const CITE = new URL('./memory/cite.md', import.meta.url);
/** A shorter message ("And her birthday?") is searched for together with the person's message before it. */
const SHORT_QUESTION = 60;

async function queryOf({ database }: Claim, { content, parent_id: before }: MessageRow): Promise<string> {
  if (content.length >= SHORT_QUESTION || before === null) return content;
  const answered = (await findMessage(database, before))?.parent_id;
  const previous = answered == null ? undefined : await findMessage(database, answered);
  return previous === undefined ? content : `${previous.content}\n${content}`;
}

/** Returns the person's message that the run answers, and the message of the answer. */
async function requireExchange({ database, node }: Claim): Promise<{ question: MessageRow; answer: MessageRow }> {
  const answer = await findAnswerOfRun(database, node.run_id);
  const question = answer?.parent_id ? await findMessage(database, answer.parent_id) : undefined;
  if (answer === undefined || question === undefined) throw new Error(`The run ${node.run_id} answers no message`);
  return { question, answer };
}
