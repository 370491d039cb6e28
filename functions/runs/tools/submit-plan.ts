import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import type { Database, Queryable } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { readArguments } from '../../platform/models/dialects/read-arguments.ts';
import { answer, type CompletedOutcome, failure, type ToolContext, type ToolOutcome, tool } from '../../tools/tool.ts';
import { chooseWorkerModel } from '../open-model.ts';
import { Graph, type GraphNode } from '../planning/graph.ts';
import { deadNodes } from '../planning/next-moves.ts';
import { addPlan, CONFIDENT, Plan } from '../planning/plan.ts';
import { insertNodes, listNodes } from '../sql/node.ts';
import { findRunForPlanning, replaceGraph } from '../sql/planning.ts';
import { findQuestionOfNode } from '../sql/question.ts';
import { countFailedCalls } from '../sql/turn.ts';
import { workerOf } from '../worker.ts';

/** How often a plan with faults is returned to the planner; with the next faulty plan the planner's node fails. */
const MOST_RETURNS = 2;

/**
 * Checks the planner's graph. Then it writes the nodes and ends the planner's node, or returns all faults, or asks the
 * user first when the planner is not confident. No node runs before the whole plan is accepted.
 */
export const submitPlan = (node: { id: string; name: string }, database: Database) =>
  tool({
    name: 'submit_plan',
    description: 'Submits the whole plan. Answers its faults if it has any; fix them and call again.',
    // Any object is accepted, so that every fault counts as a returned plan.
    parameters: z.record(z.string(), z.unknown()),
    shownParameters: Plan,
    safeToRepeat: true,
    execute: async (submitted, context): Promise<ToolOutcome> => {
      if (context.personAnswer !== undefined) {
        return answer(
          `The person answered:\n${context.personAnswer}\n\nSubmit the whole plan again, with what you know now.`,
        );
      }
      const scoped = database.as({ kind: 'tenant', tenantId: context.tenantId, userId: context.userId });
      const parsed = readArguments(Plan, submitted);
      if (!parsed.success) return sendBack(scoped, node.id, z.prettifyError(parsed.error).split('\n'));
      const isFirst = node.name === 'plan';
      if (isFirst && parsed.data.confidence < CONFIDENT && parsed.data.ambiguities.length > 0) {
        const asked = await findQuestionOfNode(scoped, node.id);
        if (asked === undefined) return { status: 'asking', question: { text: parsed.data.ambiguities.join('\n') } };
      }
      return accept(scoped, node, parsed.data, context);
    },
  });

async function accept(
  scoped: Queryable,
  node: { id: string; name: string },
  plan: Plan,
  { runId }: ToolContext,
): Promise<ToolOutcome> {
  const [run, states] = await Promise.all([findRunForPlanning(scoped, runId), listNodes(scoped, runId)]);
  const graph = Graph.parse(run.graph_data);
  const planned = addPlan(graph, plan, { planner: node.name, dead: deadNodes(graph, states) });
  if (planned.status === 'faulty') return sendBack(scoped, node.id, planned.faults);
  const rows = planned.added.map((added) => rowOf(added, run.worker_config));
  return answer('The plan is accepted.', {
    statements: [insertNodes(runId, rows), replaceGraph(runId, graph.revision, planned.graph)],
    facts: { nodes: planned.added.map(({ name, worker, depends_on }) => ({ id: name, worker, depends_on })) },
    ends: { status: 'completed', result: outline(planned.added) },
  });
}

async function sendBack(scoped: Queryable, nodeId: string, faults: readonly string[]): Promise<CompletedOutcome> {
  const text = `The plan is rejected:\n${faults.map((fault) => `- ${fault}`).join('\n')}`;
  const returned = await countFailedCalls(scoped, nodeId, 'submit_plan');
  if (returned < MOST_RETURNS) return failure(`${text}\n\nFix all faults and call submit_plan again.`);
  return { ...failure(text), ends: { status: 'failed', error: `the plan had faults ${returned + 1} times. ${text}` } };
}

function rowOf(node: GraphNode, workerConfig: unknown) {
  return {
    id: createId('node'),
    ...node,
    ...chooseWorkerModel(workerConfig, node.worker, workerOf(node.worker).model),
  };
}

/** Returns the plan as text for the log. */
function outline(nodes: readonly GraphNode[]): string {
  return nodes
    .map(({ name, worker, depends_on: before, instruction }) => {
      const [line = ''] = instruction.split('\n');
      return `${name} (${worker}, after ${before.join(', ')}): ${cutText(line, 200)}`;
    })
    .join('\n');
}
