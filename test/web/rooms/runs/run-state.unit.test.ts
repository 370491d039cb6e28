import { describe, expect, it } from 'vitest';
import { addMoney, sumMoney } from '../../../../web/rooms/runs/run/exact-money.ts';
import { spentOf } from '../../../../web/rooms/runs/run/money-line.ts';
import { applyEvents, mayChangeReserved, nodesAt, type RunState } from '../../../../web/rooms/runs/run/run-state.ts';
import { EVENTS, event } from './recorded.ts';

const node = (id: string) => ({
  id,
  worker: id,
  status: 'pending',
  turns: 0,
  maxTurns: 30,
  costUsd: '0',
  tokens: 0,
  startedAt: null,
  completedAt: null,
  error: null,
  isKept: false,
  dependsOn: [],
  doing: undefined,
});
const NAMES = ['plan', 'backend', 'frontend', 'devops', 'summary'];
const start: RunState = {
  seq: 0,
  status: 'queued',
  costUsd: '0',
  reservedUsd: '0',
  tokens: 0,
  startedAt: null,
  completedAt: null,
  nodes: new Map(NAMES.map((id) => [id, node(id)])),
};

describe('the state of a recorded sprint', () => {
  it('ends with every node done, and its sums are those of its turns', () => {
    const end = applyEvents(start, EVENTS);
    expect(end.status).toBe('completed');
    expect(end.startedAt).toBe(EVENTS.find(({ type }) => type === 'node_started')?.timestamp);
    expect(end.completedAt).toBe(EVENTS.at(-1)?.timestamp);
    expect([...end.nodes.values()].map(({ status }) => status)).toEqual(NAMES.map(() => 'completed'));
    const turns = EVENTS.filter(({ type }) => type === 'turn_completed');
    expect([...end.nodes.values()].reduce((sum, one) => sum + one.turns, 0)).toBe(turns.length);
    expect([...end.nodes.values()].reduce((sum, one) => sum + one.tokens, 0)).toBe(end.tokens);
  });

  it('is the same however the events are cut, and events that it has change nothing', () => {
    let state = start;
    for (let at = 0; at < EVENTS.length; at += 9) state = applyEvents(state, EVENTS.slice(Math.max(0, at - 4), at + 9));
    expect(state).toEqual(applyEvents(start, EVENTS));
    expect(applyEvents(state, EVENTS)).toBe(state);
  });

  it('names what runs while it runs', () => {
    const at = EVENTS.findIndex(({ type }) => type === 'tool_started');
    const state = applyEvents(start, EVENTS.slice(0, at + 1));
    expect(state.nodes.get('plan')).toMatchObject({ status: 'running', doing: 'send_message' });
  });

  it('can be seen as it was at a moment', () => {
    const end = applyEvents(start, EVENTS);
    const begun = EVENTS.find(({ type, data }) => type === 'node_started' && data.node === 'backend');
    const then = nodesAt(end, Date.parse(begun?.timestamp ?? '') + 1);
    expect(then.find(({ id }) => id === 'plan')?.status).toBe('completed');
    expect(then.find(({ id }) => id === 'backend')?.status).toBe('running');
    expect(then.find(({ id }) => id === 'summary')?.status).toBe('pending');
  });
});

describe('money', () => {
  it('is added exactly, with more digits than a number has', () => {
    const state = applyEvents({ ...start, costUsd: '0.000000000000000001' }, [
      event(1, 'turn_completed', { node: 'plan', turn: 0, cost_usd: '1234567890123.1' }),
    ]);
    expect(state.costUsd).toBe('1234567890123.100000000000000001');
    expect(addMoney('0.1', '0.2')).toBe('0.3');
    expect(addMoney('-1', '0.25')).toBe('-0.75');
    expect(sumMoney(['0.50', '0.5', 'nothing'])).toBe('1');
  });
});

describe('what is reserved', () => {
  const begun = event(1, 'node_started', { node: 'plan' });
  const turn = event(2, 'turn_completed', { node: 'plan', turn: 0, cost_usd: '0.1' });
  const working = applyEvents({ ...start, reservedUsd: '0.25' }, [begun, turn]);

  it('stays as it was read while a worker works, and is nothing when nobody does', () => {
    expect(working.reservedUsd).toBe('0.25');
    expect(applyEvents(working, [event(3, 'node_completed', { node: 'plan' })]).reservedUsd).toBe('0');
    expect(applyEvents(working, [event(3, 'run_cancelled')]).reservedUsd).toBe('0');
  });

  it('is read again around model calls of a run with a budget', () => {
    expect(mayChangeReserved({ budget_usd: '1' }, [begun])).toBe(true);
    expect(mayChangeReserved({ budget_usd: '1' }, [turn])).toBe(true);
    expect(mayChangeReserved({ budget_usd: '1' }, [event(1, 'message_sent')])).toBe(false);
    expect(mayChangeReserved({ budget_usd: null }, [begun, turn])).toBe(false);
  });

  it('is said in words, when there is any', () => {
    expect(spentOf(working, '1')).toBe('$0.10 of $1.00, $0.25 reserved for calls under way');
    expect(spentOf({ costUsd: '0.1', reservedUsd: '0' }, '1')).toBe('$0.10 of $1.00');
  });
});
