import { describe, expect, it } from 'vitest';
import { layOut, pathBetween } from '../../../../web/rooms/runs/run/graph-layout.ts';
import { byRank, FOLDED_ID, graphOf, neighbour } from '../../../../web/rooms/runs/run/graph-ranks.ts';
import { NODE_HEIGHT, NODE_WIDTH } from '../../../../web/rooms/runs/run/graph-size.ts';
import { nodeLine } from '../../../../web/rooms/runs/run/node-line.ts';
import type { NodeState } from '../../../../web/rooms/runs/run/run-state.ts';

const node = (id: string, dependsOn: string[], status = 'completed', more: Partial<NodeState> = {}): NodeState => ({
  id,
  worker: 'coder',
  status,
  turns: 1,
  maxTurns: 30,
  costUsd: '0',
  tokens: 0,
  startedAt: null,
  completedAt: null,
  error: null,
  isKept: false,
  dependsOn,
  doing: undefined,
  ...more,
});
const team = [
  node('plan', []),
  node('backend', ['plan']),
  node('frontend', ['plan'], 'running'),
  node('summary', ['plan', 'backend', 'frontend'], 'pending'),
];

describe('the graph', () => {
  it('has ranks by dependencies, and arrows move along edges and within a rank', () => {
    const graph = graphOf(team, true);
    expect(byRank(graph.nodes).map((rank) => rank.map(({ id }) => id))).toEqual([
      ['plan'],
      ['backend', 'frontend'],
      ['summary'],
    ]);
    expect(neighbour(graph, 'plan', 'ArrowRight')).toBe('backend');
    expect(neighbour(graph, 'backend', 'ArrowDown')).toBe('frontend');
    expect(neighbour(graph, 'frontend', 'ArrowUp')).toBe('backend');
    expect(neighbour(graph, 'summary', 'ArrowLeft')).toBe('plan');
    expect(neighbour(graph, 'plan', 'ArrowLeft')).toBeUndefined();
    expect(graph.edges.filter(({ isLive }) => isLive)).toEqual([{ from: 'plan', to: 'frontend', isLive: true }]);
  });

  it('survives a circle, and an edge to a node that is not there', () => {
    expect(graphOf([node('a', ['b']), node('b', ['a']), node('c', ['nobody'])], true).nodes.length).toBe(3);
  });

  it('folds the ranks that are done when there are more than twelve nodes', () => {
    const long = Array.from({ length: 14 }, (_, at) =>
      node(`n${at}`, at === 0 ? [] : [`n${at - 1}`], at < 10 ? 'completed' : 'running'),
    );
    const graph = graphOf(long, true);
    expect(graph.nodes.map(({ id }) => id)).toEqual([FOLDED_ID, 'n10', 'n11', 'n12', 'n13']);
    expect(graph.nodes[0]?.folded).toBe(10);
    expect(graph.edges[0]).toMatchObject({ from: FOLDED_ID, to: 'n10' });
    expect(graphOf(long, false).nodes.length).toBe(14);
  });

  it('sets a later plan apart and marks what it replaces', () => {
    const graph = graphOf(
      [
        node('planner', []),
        node('T1', ['planner'], 'failed', { completedAt: '2026-03-12T14:00:00Z' }),
        node('replan-1', [], 'completed', { startedAt: '2026-03-12T14:00:01Z' }),
        node('T2', ['replan-1'], 'running'),
      ],
      true,
    );
    expect(graph.nodes.find(({ id }) => id === 'T1')?.isReplaced).toBe(true);
    expect(graph.replans).toEqual([2]);
    expect(graph.nodes.find(({ id }) => id === 'T2')?.rank).toBe(3);
  });

  it('places a replanner after what failed, with an edge, wherever the API lists it', () => {
    const graph = graphOf(
      [
        node('plan', []),
        node('replan-1', [], 'completed', { startedAt: '2026-03-12T14:00:01Z' }),
        node('T1', ['plan'], 'failed', { completedAt: '2026-03-12T14:00:00Z' }),
        node('T2', ['plan'], 'completed', { completedAt: '2026-03-12T14:00:00Z' }),
        node('T3', ['replan-1', 'T2'], 'running'),
      ],
      true,
    );
    expect(byRank(graph.nodes).map((rank) => rank.map(({ id }) => id))).toEqual([
      ['plan'],
      ['T1', 'T2'],
      ['replan-1'],
      ['T3'],
    ]);
    expect(graph.edges).toContainEqual({ from: 'T1', to: 'replan-1', isLive: false });
  });
});

describe('the layout', () => {
  it('lets no edge run under a node', () => {
    const graph = graphOf(team, true);
    const { places, paths } = layOut(graph);
    for (const { key, d } of paths) {
      const [from = '', to = ''] = key.split(' ');
      const points = [...d.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
      expect(points[0]).toEqual({
        x: (places.get(from)?.x ?? 0) + NODE_WIDTH,
        y: (places.get(from)?.y ?? 0) + NODE_HEIGHT / 2,
      });
      expect(points.at(-1)).toEqual({ x: places.get(to)?.x ?? 0, y: (places.get(to)?.y ?? 0) + NODE_HEIGHT / 2 });
      for (const [id, place] of places) {
        if (id === from || id === to) continue;
        const under = points.filter(
          ({ x, y }) => x > place.x && x < place.x + NODE_WIDTH && y > place.y && y < place.y + NODE_HEIGHT,
        );
        expect(under, `${key} under ${id}`).toEqual([]);
      }
    }
  });

  it('draws nothing for a node without a place', () => {
    expect(pathBetween(undefined, { x: 0, y: 0 }, [])).toBe('');
  });
});

describe('the line of a node', () => {
  const lineOf = (status: string, more: Partial<NodeState>) =>
    graphOf([node('a', [], status, more)], false)
      .nodes.map(nodeLine)
      .join();

  it('says which turn of how many is under way, with the call that runs', () => {
    expect(lineOf('running', { turns: 0 })).toBe('turn 1 of 30');
    expect(lineOf('running', { turns: 2, costUsd: '1.5' })).toBe('turn 3 of 30 · $1.50');
    expect(lineOf('running', { turns: 2, costUsd: '1.5', doing: 'web_search' })).toBe('turn 2 of 30 · $1.50');
    expect(lineOf('running', { turns: 30, costUsd: '1.5' })).toBe('turn 30 of 30 · $1.50');
  });

  it('counts the turns of a node that does not work, and of one whose limit is not known', () => {
    expect(lineOf('completed', { turns: 2, costUsd: '1.5' })).toBe('2 turns · $1.50');
    expect(lineOf('running', { turns: 2, costUsd: '1.5', maxTurns: null })).toBe('2 turns · $1.50');
    expect(lineOf('pending', { turns: 0 })).toBe('');
    expect(lineOf('skipped', { turns: 0 })).toBe('no turn');
  });
});
