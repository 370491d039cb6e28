import { describe, expect, it } from 'vitest';
import { type Agent, rowsOf, turnPlaceOf } from '../../../../web/rooms/agents/trees/agent.ts';

const agent = (id: string, parent: string | null, rest: Partial<Agent> = {}): Agent => ({
  id,
  run_id: 'run_1',
  node_id: `node.${id}`,
  root_id: 'root',
  parent_id: parent,
  depth: 0,
  agent_type: 'general',
  task: id,
  status: 'running',
  model: 'rehearsal/script',
  turns: 0,
  cost_usd: '0',
  tokens: { input: 0, output: 0, cached: 0, total: 0 },
  children: 0,
  activity: null,
  error: null,
  created_at: '2026-11-30T12:00:00Z',
  started_at: null,
  completed_at: null,
  ...rest,
});

const TREE = [
  agent('root', null),
  agent('first', 'root'),
  agent('second', 'root'),
  agent('below first', 'first'),
  agent('below second', 'second'),
];
const shown = (closed: string[] = []) =>
  rowsOf(TREE, new Set(closed)).map(({ agent: { id }, level, place, siblings, isOpen }) => [
    id,
    level,
    place,
    siblings,
    isOpen,
  ]);

describe('the lines of a tree', () => {
  it('have each agent below its parent, with its level and its place among its siblings', () => {
    expect(shown()).toEqual([
      ['root', 1, 1, 1, true],
      ['first', 2, 1, 2, true],
      ['below first', 3, 1, 1, undefined],
      ['second', 2, 2, 2, true],
      ['below second', 3, 1, 1, undefined],
    ]);
  });

  it('leave out what is below a closed agent', () => {
    expect(shown(['first']).map(([id]) => id)).toEqual(['root', 'first', 'second', 'below second']);
    expect(shown(['root'])).toEqual([['root', 1, 1, 1, false]]);
  });

  it('show an agent whose parent is not known as a root', () => {
    expect(rowsOf([agent('orphan', 'elsewhere')], new Set()).map(({ level }) => level)).toEqual([1]);
  });
});

it('the place of an agent is its newest turn, and its node before the first', () => {
  expect(turnPlaceOf(agent('a', null, { turns: 3 }))).toEqual({ path: '/runs/run_1', query: { turn: 'node.a:2' } });
  expect(turnPlaceOf(agent('a', null)).query).toEqual({ turn: 'node.a' });
});
