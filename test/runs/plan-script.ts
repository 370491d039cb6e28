import type { ScriptedAnswer, ScriptedRequest } from '../support/scripted-provider.ts';
import { call, type Line } from '../support/team-script.ts';

/** Lines for planned runs: a planner that hands in a plan, and workers that are told apart by their instruction. */

export interface DraftNode {
  id: string;
  worker?: string;
  instruction?: string;
  reads?: string[];
  writes?: string[];
}

/** A plan in the form that `submit_plan` takes. Each node's instruction names it: `do A`. */
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

/** What a node was told at its start. */
export function toldTo(request: ScriptedRequest): string {
  const [first] = request.messages;
  return first?.role === 'user' ? first.text : '';
}

/** Which node asks: `do A` in its instruction. */
export function nodeOf(request: ScriptedRequest): string {
  return /<instruction>\ndo (\w+)/.exec(toldTo(request))?.[1] ?? '';
}

/** One line for all nodes of a worker: each answers what the table says, or `<node> is done`. */
export const byNode =
  (answers: Record<string, Line> = {}): Line =>
  (request) => {
    const node = nodeOf(request);
    const answer = answers[node];
    if (typeof answer === 'function') return answer(request);
    return answer ?? { text: `${node} is done` };
  };
