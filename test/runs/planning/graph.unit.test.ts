import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NodeStatus, sprintGraph } from '../../../functions/runs/planning/graph.ts';
import { type NodeState, nextMoves } from '../../../functions/runs/planning/next-moves.ts';
import { TEAM_WORKERS } from '../../../functions/runs/worker.ts';

const TEAM = ['backend', 'frontend'] as const;
const graph = sprintGraph(TEAM);
const everyone = new Set<string>(TEAM);

function state(name: string, status: NodeStatus, extra: Partial<NodeState> = {}): NodeState {
  return {
    name,
    status,
    isEnqueued: status !== 'pending',
    result: status === 'completed' ? `${name}'s result` : null,
    error: null,
    ...extra,
  };
}

function states(plan: NodeStatus, backend: NodeStatus, frontend: NodeStatus, summary: NodeStatus): NodeState[] {
  return [state('plan', plan), state('backend', backend), state('frontend', frontend), state('summary', summary)];
}

describe('nextMoves', () => {
  it('starts nothing while the plan runs', () => {
    expect(nextMoves(graph, states('running', 'pending', 'pending', 'pending'), everyone)).toEqual({
      start: [],
      skip: [],
      replan: [],
      end: undefined,
    });
  });

  it('starts every worker with a message at once and skips the others', () => {
    expect(nextMoves(graph, states('completed', 'pending', 'pending', 'pending'), everyone).start).toEqual([...TEAM]);
    const moves = nextMoves(graph, states('completed', 'pending', 'pending', 'pending'), new Set(['frontend']));
    expect(moves).toEqual({
      start: ['frontend'],
      skip: [{ name: 'backend', reason: 'nobody sent it a message' }],
      replan: [],
      end: undefined,
    });
  });

  it('does not start a node again that is already enqueued', () => {
    const enqueued = states('completed', 'pending', 'pending', 'pending').map((node) => ({
      ...node,
      isEnqueued: true,
    }));
    expect(nextMoves(graph, enqueued, everyone)).toEqual({ start: [], skip: [], replan: [], end: undefined });
  });

  it('starts the summary when the last worker has ended in any way, and not earlier', () => {
    expect(nextMoves(graph, states('completed', 'completed', 'running', 'pending'), everyone).start).toEqual([]);
    expect(nextMoves(graph, states('completed', 'failed', 'completed', 'pending'), everyone).start).toEqual([
      'summary',
    ]);
  });

  it('skips all nodes after a failed plan and fails the run with its error', () => {
    const failed = states('failed', 'pending', 'pending', 'pending').map((node) =>
      node.name === 'plan' ? { ...node, error: 'no model' } : node,
    );
    const moves = nextMoves(graph, failed, everyone);
    expect(moves.skip.map(({ name }) => name)).toEqual(['backend', 'frontend', 'summary']);
    expect(moves.end).toEqual({ status: 'failed', result: null, error: 'plan: no model' });
  });

  it('fails a run with a failed worker and keeps the summary as its result', () => {
    expect(nextMoves(graph, states('completed', 'failed', 'completed', 'completed'), everyone).end).toEqual({
      status: 'failed',
      result: "summary's result",
      error: 'backend: failed',
    });
  });

  it('ends the run at once when a node exceeds the budget, although others run', () => {
    expect(nextMoves(graph, states('completed', 'cost_exceeded', 'running', 'pending'), everyone).end).toMatchObject({
      status: 'cost_exceeded',
      result: "plan's result",
    });
  });
});

const ENDED: readonly NodeStatus[] = ['completed', 'failed', 'skipped', 'cost_exceeded'];
const isEnded = (status: NodeStatus) => ENDED.includes(status);
const Ends = fc.constantFrom<NodeStatus>('completed', 'completed', 'failed', 'cost_exceeded');

it('property: for every order and every end of nodes, no node starts before its predecessors, and the run’s status follows from its nodes', () => {
  fc.assert(
    fc.property(
      fc.subarray([...TEAM_WORKERS], { minLength: 1 }),
      fc.subarray([...TEAM_WORKERS]),
      fc.infiniteStream(fc.tuple(fc.nat(), Ends)),
      (team, addressees, choices) => {
        const graph = sprintGraph(team);
        const nodes = new Map(graph.nodes.map((node) => [node.name, state(node.name, 'pending')]));
        let start = ['plan'];
        for (let steps = 0; steps < 100; steps += 1) {
          for (const name of start) nodes.set(name, state(name, 'running'));
          const running = [...nodes.values()].filter(({ status }) => status === 'running');
          const [pick, end] = choices.next().value ?? [0, 'completed'];
          const chosen = running[pick % running.length];
          if (chosen === undefined) throw new Error('the run hangs: nothing runs and it has not ended');
          nodes.set(chosen.name, state(chosen.name, end));
          const moves = nextMoves(graph, [...nodes.values()], new Set(addressees));
          for (const { name } of moves.skip) nodes.set(name, state(name, 'skipped'));
          for (const name of moves.start) {
            expect(nodes.get(name)?.status).toBe('pending');
            const before = graph.nodes.find((node) => node.name === name)?.depends_on ?? [];
            expect(before.every((other) => isEnded(nodes.get(other)?.status ?? 'pending'))).toBe(true);
          }
          if (moves.end) {
            const all = [...nodes.values()].map(({ status }) => status);
            if (all.includes('cost_exceeded')) return void expect(moves.end.status).toBe('cost_exceeded');
            expect(moves.start).toEqual([]);
            expect(all.every(isEnded)).toBe(true);
            return void expect(moves.end.status).toBe(all.includes('failed') ? 'failed' : 'completed');
          }
          start = moves.start;
        }
        throw new Error('the run never ended');
      },
    ),
  );
});
