import { markedInstruction } from '../platform/models/guard-answer.ts';
import { listWorkspace } from '../tools/workspace.ts';
import type { Claim } from './claim.ts';
import type { Prompt } from './node-kind.ts';
import { Graph, type GraphNode, isPlanner } from './planning/graph.ts';
import { inputsOf } from './planning/values.ts';
import { type PromptParts, promptText, type StepReport } from './prompt-text.ts';
import { recallForNode } from './recall-for-node.ts';
import { listUndeliveredMessages, updateMessagesDelivered } from './sql/message.ts';
import { listNodes, type NodeRow } from './sql/node.ts';
import { findRunForPlanning } from './sql/planning.ts';
import { storePrompt } from './store-prompt.ts';
import { assignmentOf, systemPrompt } from './worker.ts';

/** The most file names in a prompt; the worker can list the other files with a tool. */
const LISTED_FILES = 200;

/**
 * Builds and stores the prompt of a node: the task, its messages, what is remembered, and the results of other nodes.
 * It is written once, in one transaction with the delivery of the messages and the event that names the recalled
 * memories, so every later turn and every retry sees the same prompt.
 */
export async function prepareNode(claim: Claim): Promise<Prompt> {
  const { node, database } = claim;
  const assignment = assignmentOf(node);
  const messages = await listUndeliveredMessages(database, node.run_id, node.worker);
  const query = [node.task, node.instruction ?? '', ...messages.map((message) => message.content)].join('\n');
  const [remembered, files, nodes] = await Promise.all([
    recallForNode(claim, query),
    listWorkspace(database, node.run_id, { limit: LISTED_FILES }),
    listNodes(database, node.run_id),
  ]);
  const reports =
    assignment === 'chef-summary' ? nodes.filter((other) => other.name !== 'plan' && other.name !== 'summary') : [];
  const planned = node.team.length === 0 ? await plannedParts(claim, nodes) : { instruction: node.instruction ?? '' };
  const prompt = {
    system: markedInstruction(systemPrompt(assignment, node.team), node.run_id),
    text: promptText({
      task: node.task,
      messages,
      memories: remembered.text,
      files: files.map((file) => file.path),
      reports,
      ...planned,
    }),
  };
  await storePrompt(claim, prompt, {
    facts: { messages: messages.length, ...remembered.used },
    statements: [updateMessagesDelivered(messages.map((message) => message.id))],
  });
  return prompt;
}

/**
 * Returns the additional parts for a node of a planned run: its instruction and its inputs. A planner that replans gets
 * the state of the other nodes instead.
 */
async function plannedParts(claim: Claim, nodes: readonly NodeRow[]): Promise<Partial<PromptParts>> {
  const { node, database } = claim;
  const graph = Graph.parse((await findRunForPlanning(database, node.run_id)).graph_data);
  const definition = graph.nodes.find((other) => other.name === node.name);
  if (definition === undefined) return {};
  const states = new Map(nodes.map((other) => [other.name, other]));
  if (graph.replans.some((replan) => replan.node === node.name)) {
    const others = graph.nodes.filter((other) => !isPlanner(other));
    return {
      instruction: definition.instruction,
      steps: others.flatMap((other) => reportOf(other, states.get(other.name))),
    };
  }
  const results = new Map(nodes.flatMap(({ name, result }) => (result === null ? [] : [[name, result] as const])));
  const { instruction, writes } = definition;
  const inputs = inputsOf(definition, graph, results);
  // A planner hands over with `submit_plan`.
  return { instruction, inputs, ...(isPlanner(definition) ? {} : { writes }) };
}

function reportOf({ name, worker, instruction, writes }: GraphNode, state: NodeRow | undefined): StepReport[] {
  if (state === undefined) return [];
  const { status, result, error } = state;
  return [{ name, worker, instruction, writes, status, result, error }];
}
