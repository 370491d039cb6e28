import { markedInstruction } from '../platform/models/guard-answer.ts';
import type { Claim } from '../runs/claim.ts';
import type { Prompt } from '../runs/node-kind.ts';
import { promptText } from '../runs/prompt-text.ts';
import { recallForNode } from '../runs/recall-for-node.ts';
import { storePrompt } from '../runs/store-prompt.ts';
import { listWorkspace } from '../tools/workspace.ts';
import { DEEPEST, MOST_AGENTS } from './agent.ts';
import type { AgentRow } from './sql/agent.ts';

/** The most file names in a prompt; the agent can list the other files with a tool. */
const LISTED_FILES = 200;

/**
 * Builds and stores the prompt of an agent: the instruction of its type, its place in the tree, its task, what is
 * remembered, and the files of the tree. It is written once, so every turn and every retry sees the same.
 */
export async function prepareAgent(claim: Claim, agent: AgentRow): Promise<Prompt> {
  const { node, database } = claim;
  const [remembered, files] = await Promise.all([
    recallForNode(claim, agent.task),
    listWorkspace(database, node.run_id, { limit: LISTED_FILES }),
  ]);
  const prompt = {
    system: markedInstruction(`${agent.instruction}\n\n${placeOf(agent)}`, node.run_id),
    text: promptText({
      task: agent.task,
      messages: [],
      memories: remembered.text,
      files: files.map((file) => file.path),
      reports: [],
    }),
  };
  await storePrompt(claim, prompt, { facts: { agent_id: agent.id, ...remembered.used }, statements: [] });
  return prompt;
}

/** Tells an agent who it is in the tree and what it may spawn. */
function placeOf({ id, parent_id: parentId, depth, tools }: AgentRow): string {
  const who =
    parentId === null
      ? `You are ${id}, the root of a tree of agents. A person has given you the task, and your answer is the answer of the tree.`
      : `You are ${id}, at level ${depth} of a tree of agents. The agent ${parentId} has given you the task and reads your answer; no person does.`;
  const limit = tools.includes('spawn_agent')
    ? `You may spawn agents down to level ${DEEPEST}, and the tree may have ${MOST_AGENTS} agents.`
    : 'You cannot spawn agents: do the work yourself.';
  return `${who} ${limit} All agents of the tree share one budget and the same files.`;
}
