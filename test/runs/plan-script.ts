import type { ScriptedAnswer, ScriptedRequest } from '../support/scripted-provider.ts';
import { call, type Line } from '../support/team-script.ts';

/**
 * Script lines for planned runs: a planner that submits a plan, and workers that are distinguished by their
 * instruction.
 */

export interface DraftNode {
  id: string;
  worker?: string;
  instruction?: string;
  reads?: string[];
  writes?: string[];
}

/** Returns a plan as `submit_plan` accepts it. The instruction of each node contains its id: `do A`. */
export function draft(nodes: DraftNode[], rest: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    nodes: nodes.map((node) => ({
      worker: 'summarizer',
      instruction: `do ${node.id}`,
      reads: [],
      writes: [],
      ...node,
    })),
    edges: [],
    confidence: 1,
    ambiguities: [],
    ...rest,
  };
}

export const submits = (plan: Record<string, unknown>, text = 'My plan.'): ScriptedAnswer => ({
  text,
  toolCalls: [call('submit_plan', plan)],
});

/** Returns the prompt of a node. */
export function promptOf(request: ScriptedRequest): string {
  const [first] = request.messages;
  return first?.role === 'user' ? first.text : '';
}

/** Returns the node that sends the request, from its instruction `do A`. */
export function nodeOf(request: ScriptedRequest): string {
  return /<instruction>\ndo (\w+)/.exec(promptOf(request))?.[1] ?? '';
}

/** Returns a line for all nodes of a worker: each answers as the table says, or `<node> is done`. */
export const byNode =
  (answers: Record<string, Line> = {}): Line =>
  (request) => {
    const node = nodeOf(request);
    const answer = answers[node];
    if (typeof answer === 'function') return answer(request);
    return answer ?? { text: `${node} is done` };
  };
