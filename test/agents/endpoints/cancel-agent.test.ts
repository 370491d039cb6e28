import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../../functions/platform/id.ts';
import { waitFor } from '../../support/local-server.ts';
import { call } from '../../support/team-script.ts';
import {
  type AgentBench,
  agentOf,
  asked,
  asleep,
  gate,
  openAgents,
  resultsOf,
  spawns,
  taskOf,
  waits,
} from '../bench.ts';

let bench: AgentBench;
beforeAll(async () => {
  bench = await openAgents();
});
afterAll(() => bench.close());

/** A tree of four levels whose lowest agents work until the gate opens. */
function deepTree(end: Promise<unknown>) {
  const late = () => end.then(() => ({ text: 'late' }));
  bench.script({
    lead: [spawns('left', 'right'), waits(), { text: 'Done.' }],
    left: [spawns('left low'), waits(), { text: 'Done.' }],
    'left low': [spawns('left lowest'), waits(), { text: 'Done.' }],
    'left lowest': [late],
    right: [late],
  });
}

it('of the root ends all agents with its answer', async () => {
  const end = gate();
  deepTree(end.opened);
  const id = await bench.spawn('lead');
  await asleep(bench, 'left low');
  expect(await bench.post(`/agents/${id}/cancel`)).toMatchObject({ status: 202, body: { id, status: 'cancelled' } });
  // At once: no process has to take part.
  const tree = await bench.status(id);
  expect(tree.tree.map(({ task, status }) => [task, status])).toEqual(
    ['lead', 'left', 'right', 'left low', 'left lowest'].map((task) => [task, 'cancelled']),
  );
  expect((await bench.run(tree.agent.run_id)).status).toBe('cancelled');
  expect((await bench.post(`/agents/${id}/cancel`)).status).toBe(200);
  end.open();
});

it('of another agent reaches the agents below it, and its parent goes on', async () => {
  const end = gate();
  deepTree(end.opened);
  const id = await bench.spawn('lead');
  await asleep(bench, 'left low');
  await asked(bench, 'right');
  const left = agentOf(await bench.status(id), 'left');
  expect(await bench.post(`/agents/${left.id}/cancel`)).toMatchObject({ status: 202, body: { status: 'cancelled' } });
  const states = Object.fromEntries((await bench.status(id)).tree.map(({ task, status }) => [task, status]));
  expect(states).toEqual({
    lead: 'running',
    left: 'cancelled',
    'left low': 'cancelled',
    'left lowest': 'cancelled',
    right: 'running',
  });
  expect((await bench.post(`/agents/${left.id}/cancel`)).status).toBe(200);
  end.open();
  const tree = await bench.treeEnded(id);
  expect(tree.agent.status).toBe('completed');
  const told = bench.team.of('agent', 2).find(({ request }) => taskOf(request) === 'lead');
  expect(told && resultsOf(told.request)[0]).toMatch(
    /status="cancelled" task="left"[\s\S]*status="completed" task="right"/,
  );
});

it('by the agent that has spawned it does the same; of an agent that has ended it changes nothing', async () => {
  const end = gate();
  deepTree(end.opened);
  const cancel = (task: string) => async () => {
    const [row] = await bench.asOwner<{ id: string }>(
      'select id from agents where task = $1 order by id desc limit 1',
      [task],
    );
    return { text: '', toolCalls: [call('cancel_agent', { id: row?.id ?? '' })] };
  };
  bench.script({
    lead: [
      spawns('left'),
      () => asleep(bench, 'left').then(cancel('left')),
      cancel('left'),
      cancel('low'),
      { text: 'Done.' },
    ],
    left: [spawns('low'), waits()],
    low: [() => end.opened.then(() => ({ text: 'late' }))],
  });
  const tree = await bench.treeEnded(await bench.spawn('lead'));
  expect(tree.tree.map(({ task, status }) => [task, status])).toEqual([
    ['lead', 'completed'],
    ['left', 'cancelled'],
    ['low', 'cancelled'],
  ]);
  const told = bench.team.of('agent', 4).find(({ request }) => taskOf(request) === 'lead')?.request.messages ?? [];
  const outputs = told
    .flatMap((message) => (message.role === 'tool' ? message.results : []))
    .map(({ output }) => output);
  expect(outputs.slice(1)).toEqual([
    expect.stringMatching(/^Cancelled agent_/),
    expect.stringMatching(/^The agent agent_\w+ had ended already: cancelled\.$/),
    expect.stringMatching(/^You have spawned no agent agent_/),
  ]);
  end.open();
});

it('withdraws the open question of an agent that it cancels', async () => {
  bench.script({
    lead: [spawns('part'), waits(), { text: 'Done.' }],
    part: [{ text: '', toolCalls: [call('ask_person', { question: 'Blue or green?' })] }],
  });
  const id = await bench.spawn('lead');
  const open = () =>
    bench.asOwner<{ status: string }>(`select status from run_questions where text = 'Blue or green?'`);
  await waitFor('the question', async () => (await open()).length === 1);
  expect((await bench.status(id)).tree.map(({ status }) => status)).toEqual(['running', 'waiting_input']);
  const part = agentOf(await bench.status(id), 'part');
  await bench.post(`/agents/${part.id}/cancel`);
  expect(await open()).toEqual([{ status: 'withdrawn' }]);
  expect((await bench.treeEnded(id)).agent.status).toBe('completed');
});

it('answers 404 for an unknown agent and for an agent of another tenant', async () => {
  expect((await bench.post(`/agents/${createId('agent')}/cancel`)).status).toBe(404);
  const stranger = await bench.server.signUp();
  expect((await bench.post(`/agents/${await bench.spawn('alone')}/cancel`, undefined, stranger)).status).toBe(404);
});
