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
      if (Object.keys(submitted).length === 0) return sendBack(scoped, node.id, NO_PLAN);
      if (!parsed.success) return sendBack(scoped, node.id, rejected(parsed.error.issues.map(faultOf)));
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
  if (planned.status === 'faulty') return sendBack(scoped, node.id, rejected(planned.faults));
  const rows = planned.added.map((added) => rowOf(added, run.worker_config));
  return answer('The plan is accepted.', {
    statements: [insertNodes(runId, rows), replaceGraph(runId, graph.revision, planned.graph)],
    facts: { nodes: planned.added.map(({ name, worker, depends_on }) => ({ id: name, worker, depends_on })) },
    ends: { status: 'completed', result: outline(planned.added) },
  });
}

/** What is wrong with an answer, for the planner and, when it is the last, for the user. */
interface Rejection {
  advice: string;
  error: (times: number) => string;
}

/** A text in which no JSON object was found is submitted as an empty one (`asSubmission`). */
const NO_PLAN: Rejection = {
  advice: 'Your answer holds no plan. Call submit_plan with the whole plan: an object with its nodes.',
  error: (times) =>
    `the planner answered without a plan; its ${times} answers held none, or one with faults. Try again, or choose another model for the planner.`,
};

function rejected(faults: readonly string[]): Rejection {
  const text = `The plan is rejected:\n${faults.map((fault) => `- ${fault}`).join('\n')}`;
  return {
    advice: `${text}\n\nFix all faults and call submit_plan again.`,
    error: (times) => `the plan had faults ${times} times. ${text}`,
  };
}

/** Returns a fault of the form of a plan, such as `nodes.0.worker: …`. */
function faultOf({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}

async function sendBack(scoped: Queryable, nodeId: string, { advice, error }: Rejection): Promise<CompletedOutcome> {
  const returned = await countFailedCalls(scoped, nodeId, 'submit_plan');
  if (returned < MOST_RETURNS) return failure(advice);
  return { ...failure(advice), ends: { status: 'failed', error: error(returned + 1) } };
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
