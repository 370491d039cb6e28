import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Graph, unplannedGraph } from '../../../functions/runs/planning/graph.ts';
import { addPlan, Plan } from '../../../functions/runs/planning/plan.ts';

type Draft = { id: string; worker?: string; instruction?: string; reads?: string[]; writes?: string[] };

function plan(nodes: Draft[], edges: [string, string][] = []): Plan {
  return Plan.parse({
    nodes: nodes.map((node) => ({ worker: 'thinker', instruction: `do ${node.id}`, ...node })),
    edges: edges.map(([source, target]) => ({ source, target })),
  });
}

function faultsOf(graph: Graph, submitted: Plan, dead?: ReadonlySet<string>): string[] {
  const added = addPlan(graph, submitted, { planner: 'plan', ...(dead ? { dead } : {}) });
  return added.status === 'faulty' ? added.faults : [];
}

function accepted(graph: Graph, submitted: Plan, planner = 'plan', dead: ReadonlySet<string> = new Set()) {
  const added = addPlan(graph, submitted, { planner, dead });
  if (added.status === 'faulty') throw new Error(added.faults.join('\n'));
  return added;
}

describe('addPlan', () => {
  it('sorts the nodes, starts them after the planner, and makes readers depend on writers', () => {
    const { graph, added } = accepted(
      unplannedGraph(),
      plan(
        [{ id: 'C', reads: ['a', 'b'] }, { id: 'A', writes: ['a'] }, { id: 'B', writes: ['b'] }, { id: 'D' }],
        [
          ['ROOT', 'A'],
          ['C', 'D'],
        ],
      ),
    );
    expect(added.map((node) => node.name)).toEqual(['A', 'B', 'C', 'D']);
    expect(Object.fromEntries(graph.nodes.map((node) => [node.name, node.depends_on]))).toEqual({
      plan: [],
      A: ['plan'],
      B: ['plan'],
      C: ['A', 'B'],
      D: ['C'],
    });
    expect(graph.edges).toContainEqual({ source: 'A', target: 'C' });
  });

  it('returns all faults at once, each as a sentence for the planner', () => {
    const faults = faultsOf(
      unplannedGraph(),
      plan(
        [
          { id: 'A', worker: 'wizard', writes: ['a'] },
          { id: 'A', writes: ['a2'] },
          { id: 'B', reads: ['nothing'], writes: ['a'] },
          { id: 'C', reads: ['own'], writes: ['own'] },
        ],
        [
          ['X', 'A'],
          ['A', 'Y'],
        ],
      ),
    );
    expect(faults).toEqual([
      'The id A is used twice.',
      expect.stringContaining('A: there is no worker wizard; there are backend, coder,'),
      'The edge X → A: there is no node X.',
      'The edge A → Y: Y is not a node of this plan.',
      'B: the value a is already written by A.',
      'B reads nothing, which no node writes.',
      'C reads own, which it writes itself.',
    ]);
  });

  it('shows a cycle of edges or of values', () => {
    expect(
      faultsOf(
        unplannedGraph(),
        plan(
          [{ id: 'A' }, { id: 'B' }, { id: 'C' }],
          [
            ['A', 'B'],
            ['B', 'C'],
            ['C', 'A'],
          ],
        ),
      ),
    ).toEqual([expect.stringMatching(/The plan has a cycle: (A → B → C → A|B → C → A → B|C → A → B → C)\./)]);
    expect(
      faultsOf(
        unplannedGraph(),
        plan([
          { id: 'A', reads: ['b'], writes: ['a'] },
          { id: 'B', reads: ['a'], writes: ['b'] },
        ]),
      ),
    ).toEqual([expect.stringContaining('The plan has a cycle')]);
  });

  it('limits a run to fifty nodes, including those of earlier plans', () => {
    const many = (count: number, prefix: string) =>
      plan(Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}` })));
    const { graph } = accepted(unplannedGraph(), many(30, 'A'));
    expect(faultsOf(graph, many(21, 'B'))).toEqual(['A run has at most 50 nodes; with this plan it would have 51.']);
    expect(faultsOf(graph, many(20, 'B'))).toEqual([]);
  });

  it('requires new ids in a later plan, allows no dependency on a dead node, and lets its values be written again', () => {
    const { graph } = accepted(
      unplannedGraph(),
      plan([
        { id: 'A', writes: ['a'] },
        { id: 'B', reads: ['a'], writes: ['b'] },
      ]),
    );
    const dead = new Set(['B']);
    expect(faultsOf(graph, plan([{ id: 'B2', reads: ['a'] }], [['B', 'B2']]), dead)).toEqual([
      'The edge B → B2: B will never complete.',
    ]);
    expect(faultsOf(graph, plan([{ id: 'B' }]), dead)).toEqual(['The id B is used twice.']);
    expect(faultsOf(graph, plan([{ id: 'C', reads: ['b'] }]), dead)).toEqual(['C reads b, which no node writes.']);
    const again = accepted(graph, plan([{ id: 'B2', reads: ['a'], writes: ['b'] }, { id: 'C' }]), 'replan-1', dead);
    expect(again.added.map((node) => node.depends_on)).toEqual([['A'], ['replan-1']]);
  });

  it('property: an accepted plan has no node before its dependencies', () => {
    const name = fc.integer({ min: 0, max: 9 }).map((number) => `N${number}`);
    const draft = fc.record({
      nodes: fc.uniqueArray(name, { minLength: 1, maxLength: 10 }),
      edges: fc.array(fc.tuple(name, name), { maxLength: 20 }),
    });
    fc.assert(
      fc.property(draft, ({ nodes, edges }) => {
        const added = addPlan(
          unplannedGraph(),
          plan(
            nodes.map((id) => ({ id })),
            edges,
          ),
          { planner: 'plan' },
        );
        if (added.status === 'faulty') return added.faults.length > 0;
        const seen = new Set<string>();
        for (const node of added.graph.nodes) {
          if (!node.depends_on.every((before) => seen.has(before))) return false;
          seen.add(node.name);
        }
        return (
          nodes.every((id) => seen.has(id)) &&
          edges.every(([source, target]) =>
            added.graph.nodes.find((node) => node.name === target)?.depends_on.includes(source),
          )
        );
      }),
      { numRuns: 500 },
    );
  });
});
