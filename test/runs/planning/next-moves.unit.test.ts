import { describe, expect, it } from 'vitest';
import { keptNodes } from '../../../functions/runs/lifecycle/replay.ts';
import { type Graph, type NodeStatus, unplannedGraph, withReplan } from '../../../functions/runs/planning/graph.ts';
import { type NodeState, nextMoves } from '../../../functions/runs/planning/next-moves.ts';
import { addPlan, Plan } from '../../../functions/runs/planning/plan.ts';

/** A → B → D, A → C: one branch that can fail beside one that cannot. */
function planned(): Graph {
  const nodes = [
    { id: 'A', writes: ['a'] },
    { id: 'B', reads: ['a'], writes: ['b'] },
    { id: 'C', reads: ['a'], writes: ['c'] },
    { id: 'D', reads: ['b'] },
  ].map((node) => ({ worker: 'thinker', instruction: 'think', ...node }));
  const added = addPlan(unplannedGraph(), Plan.parse({ nodes }), { planner: 'plan' });
  if (added.status === 'faulty') throw new Error(added.faults.join());
  return added.graph;
}

const nobody = new Set<string>();

function states(graph: Graph, known: Record<string, NodeStatus>): NodeState[] {
  return graph.nodes.map(({ name }) => {
    const status = known[name] ?? 'pending';
    return {
      name,
      status,
      isEnqueued: status !== 'pending',
      result: status === 'completed' ? `${name}'s result` : null,
      error: status === 'failed' ? 'broken' : null,
    };
  });
}

function moves(graph: Graph, known: Record<string, NodeStatus>) {
  return nextMoves(graph, states(graph, known), nobody);
}

describe('a planned run', () => {
  it('starts a node as soon as its own predecessors are done', () => {
    expect(moves(planned(), { plan: 'completed' }).start).toEqual(['A']);
    expect(moves(planned(), { plan: 'completed', A: 'completed' }).start).toEqual(['B', 'C']);
    expect(moves(planned(), { plan: 'completed', A: 'completed', B: 'completed', C: 'running' }).start).toEqual(['D']);
  });

  it('answers with what nothing builds on', () => {
    const all = { plan: 'completed', A: 'completed', B: 'completed', C: 'completed', D: 'completed' } as const;
    expect(moves(planned(), all).end).toEqual({
      status: 'completed',
      result: "## C\n\nC's result\n\n## D\n\nD's result",
    });
  });

  it('lets the planner look at a failure; what waits for it waits on, the rest goes on', () => {
    const found = moves(planned(), { plan: 'completed', A: 'completed', B: 'failed' });
    expect(found).toEqual({ start: ['C'], skip: [], replan: ['B'], end: undefined });
    const { graph } = withReplan(planned(), ['B']);
    expect(
      moves(graph, { plan: 'completed', A: 'completed', B: 'failed', C: 'completed', 'replan-1': 'running' }),
    ).toEqual({
      start: [],
      skip: [],
      replan: [],
      end: undefined,
    });
  });

  it('a failure while the planner looks at another waits for its turn', () => {
    const { graph } = withReplan(planned(), ['B']);
    const known = { plan: 'completed', A: 'completed', B: 'failed', C: 'failed', 'replan-1': 'running' } as const;
    expect(moves(graph, known).replan).toEqual([]);
    expect(moves(graph, { ...known, 'replan-1': 'completed' }).replan).toEqual(['C']);
  });

  it('once it was planned anew, what waited is skipped and the failure no longer counts', () => {
    const { graph } = withReplan(planned(), ['B']);
    const more = addPlan(
      graph,
      Plan.parse({ nodes: [{ id: 'B2', worker: 'thinker', instruction: 'again', reads: ['a'], writes: ['b'] }] }),
      { planner: 'replan-1', dead: new Set(['B', 'D']) },
    );
    if (more.status === 'faulty') throw new Error(more.faults.join());
    const known = { plan: 'completed', A: 'completed', B: 'failed', C: 'completed', 'replan-1': 'completed' } as const;
    expect(moves(more.graph, known)).toMatchObject({ start: ['B2'], skip: [{ name: 'D', reason: 'B ended failed' }] });
    expect(moves(more.graph, { ...known, D: 'skipped', B2: 'completed' }).end).toMatchObject({ status: 'completed' });
    expect(
      keptNodes(more.graph, states(more.graph, { ...known, D: 'skipped', B2: 'failed' }), { from: 'failure' }).sort(),
    ).toEqual(['A', 'B', 'C', 'D', 'plan', 'replan-1'].sort());
  });

  it('twice at most; after that the run fails with the reasons', () => {
    const twice = withReplan(withReplan(planned(), ['B']).graph, ['C']).graph;
    const known = {
      plan: 'completed',
      A: 'failed',
      B: 'failed',
      C: 'failed',
      D: 'skipped',
      'replan-1': 'completed',
      'replan-2': 'failed',
    } as const;
    const end = moves(twice, known).end;
    expect(end).toMatchObject({ status: 'failed', error: expect.stringContaining('A: broken') });
    expect(end).toMatchObject({ error: expect.stringContaining('C: broken') });
    expect(end).toMatchObject({ error: expect.not.stringContaining('B: broken') });
  });

  it('a planner that fails is not asked again', () => {
    expect(moves(unplannedGraph(), { plan: 'failed' })).toMatchObject({ replan: [], end: { status: 'failed' } });
  });
});

describe('keptNodes', () => {
  it('keeps what was completed and does one node anew with what builds on it', () => {
    const all = { plan: 'completed', A: 'completed', B: 'completed', C: 'completed', D: 'completed' } as const;
    expect(keptNodes(planned(), states(planned(), all), { from: 'node', node: 'B' })).toEqual(['plan', 'A', 'C']);
    expect(() => keptNodes(planned(), states(planned(), all), { from: 'node', node: 'Z' })).toThrow('no node Z');
  });
});
