import { createTask } from '../platform/queue/task.ts';
import type { Claim } from '../runs/claim.ts';
import { toMessages } from '../runs/conversation.ts';
import type { NodeKind } from '../runs/node-kind.ts';
import { turnLimitOf } from '../runs/worker.ts';
import type { Tool } from '../tools/tool.ts';
import { TakeAnswer } from './chat.ts';
import { type AnsweredQuestion, requireAnsweredQuestion } from './sql/exchange.ts';
import { listMutedFacts } from './sql/muted-memory.ts';
import { LearnFromAnswer } from './tasks.ts';

/**
 * The node of an answer: its prompt is the person's message with what is remembered, its conversation the branch before
 * it. Text reaches the readers every 40 ms, so that a person sees it flow, and is kept for those who join. What can be
 * learned is proposed after its end.
 */
export const ANSWER: NodeKind = {
  task: TakeAnswer,
  prepare: async (claim) => {
    const { prepareAnswer } = await import('./prepare-answer.ts');
    return prepareAnswer(claim, await answeredBy(claim));
  },
  tools: toolsOfAnswer,
  messages: async (claim, { prompt, history, tools }) => {
    const { tellConversation } = await import('./tell-conversation.ts');
    const told = await tellConversation(claim, await answeredBy(claim), { prompt, history, tools });
    const [, ...turns] = toMessages(prompt.text, history, turnLimitOf(claim.node));
    return [...told, ...turns];
  },
  live: { gatherMs: 40, isKept: true },
  writesAtEnd: ({ node, tenantId }, { status }) =>
    status === 'completed'
      ? { tasks: [createTask(LearnFromAnswer, { tenant_id: tenantId, run_id: node.run_id }, `answer:${node.run_id}`)] }
      : {},
};

/**
 * Returns the tools of the assistant. Its recall leaves out the facts that the user muted. Agents are of a domain above
 * that of its file, which cannot declare them.
 */
async function toolsOfAnswer({ node, root, database, tenantId }: Claim): Promise<readonly Tool[]> {
  const { toolsOfNode } = await import('../runs/toolbox.ts');
  const { recall } = await import('../runs/tools/recall.ts');
  const { startAgent } = await import('../agents/tools/start-agent.ts');
  const [muted, tools] = await Promise.all([
    listMutedFacts(database),
    toolsOfNode(node, { database: root, queryable: database, tenantId }),
  ]);
  return [...tools.map((tool) => (tool.name === 'recall' ? recall(root, muted) : tool)), startAgent(root)];
}

/** What each claim answers. It does not change, and a person waits for the first word. */
const answered = new WeakMap<Claim, Promise<AnsweredQuestion>>();

function answeredBy(claim: Claim): Promise<AnsweredQuestion> {
  const known = answered.get(claim) ?? requireAnsweredQuestion(claim.database, claim.node.run_id);
  answered.set(claim, known);
  return known;
}
