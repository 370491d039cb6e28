import { describe, expect, it } from 'vitest';
import { keptNodes } from '../../../functions/runs/lifecycle/replay.ts';
import { type Graph, type NodeStatus, unplannedGraph, withReplan } from '../../../functions/runs/planning/graph.ts';
import { type NodeState, nextMoves } from '../../../functions/runs/planning/next-moves.ts';
import { addPlan, Plan } from '../../../functions/runs/planning/plan.ts';

/** A → B → D and A → C: B can fail while C runs. */
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

  it('returns the results of the nodes that no other node depends on', () => {
    const all = { plan: 'completed', A: 'completed', B: 'completed', C: 'completed', D: 'completed' } as const;
    expect(moves(planned(), all).end).toEqual({
      status: 'completed',
      result: "## C\n\nC's result\n\n## D\n\nD's result",
    });
  });

  it('asks the planner to replan a failed node; its dependents wait, other nodes start', () => {
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

  it('replans a second failure only after the planner has ended', () => {
    const { graph } = withReplan(planned(), ['B']);
    const known = { plan: 'completed', A: 'completed', B: 'failed', C: 'failed', 'replan-1': 'running' } as const;
    expect(moves(graph, known).replan).toEqual([]);
    expect(moves(graph, { ...known, 'replan-1': 'completed' }).replan).toEqual(['C']);
  });

  it('skips the dependents of a replanned node and completes the run in spite of its failure', () => {
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

  it('replans at most twice; then the run fails with the errors', () => {
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

  it('does not replan a failed planner', () => {
    expect(moves(unplannedGraph(), { plan: 'failed' })).toMatchObject({ replan: [], end: { status: 'failed' } });
  });
});

describe('keptNodes', () => {
  it('keeps completed nodes except one node and its dependents', () => {
    const all = { plan: 'completed', A: 'completed', B: 'completed', C: 'completed', D: 'completed' } as const;
    expect(keptNodes(planned(), states(planned(), all), { from: 'node', node: 'B' })).toEqual(['plan', 'A', 'C']);
    expect(() => keptNodes(planned(), states(planned(), all), { from: 'node', node: 'Z' })).toThrow('no node Z');
  });
});

describe('a run that one node decides', () => {
  const graph: Graph = { ...planned(), decides: 'C' };

  it('ends with that node, whatever the others do', () => {
    const known = { plan: 'completed', A: 'completed', B: 'failed', C: 'completed', D: 'pending' } as const;
    expect(moves(graph, known).end).toEqual({ status: 'completed', result: "C's result" });
    expect(moves(graph, { ...known, C: 'failed' }).end).toEqual({ status: 'failed', result: null, error: 'broken' });
    expect(moves(graph, { ...known, C: 'cancelled' }).end).toMatchObject({ error: 'C ended cancelled' });
  });

  it('goes on while that node has not ended', () => {
    expect(moves(graph, { plan: 'completed', A: 'completed', C: 'running' })).toMatchObject({
      start: ['B'],
      end: undefined,
    });
  });
});

describe('a run for which one node is enough', () => {
  const graph: Graph = { ...planned(), completes_with: 'any' };
  const ended = { plan: 'completed', A: 'failed', B: 'failed', C: 'failed', D: 'skipped' } as const;
  const over: Graph = withReplan(withReplan(graph, ['A', 'B']).graph, ['C']).graph;
  const replans = { 'replan-1': 'failed', 'replan-2': 'failed' } as const;

  it('completes when one has completed, and fails when none has', () => {
    expect(moves(over, { ...ended, ...replans, B: 'completed' }).end).toEqual({
      status: 'completed',
      result: "B's result",
    });
    expect(moves(over, { ...ended, ...replans }).end).toMatchObject({ status: 'failed' });
  });
});
